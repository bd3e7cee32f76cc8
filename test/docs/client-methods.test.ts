import { clientMethods } from '../../scripts/client-methods';
import { clientMethodsPage, standing } from '../../scripts/client-methods-page';
import { page, ROOT } from './pages';

const versions = clientMethods(ROOT);

describe('docs/references/client-methods.md', () => {
  it('says what the tests with the Python clients show; `npm run docs` writes it', () => {
    expect(page('docs/references/client-methods.md').text).toBe(clientMethodsPage(versions));
  });
});

describe('the tests with the Python clients', () => {
  it('are there for four versions', () => {
    expect(versions.map(({ version }) => version)).toEqual(['0.0.61', '0.0.67', '1.0.0', '1.0.7']);
  });

  it('leave no method of 1.0.7 untested', () => {
    const newest = versions.at(-1)!;
    expect(newest.methods.size).toBeGreaterThan(60);
    expect([...newest.methods.keys()].filter((method) => standing(newest, method) === 'untested')).toEqual([]);
  });
});
