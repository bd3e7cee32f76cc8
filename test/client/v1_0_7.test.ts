import { runPythonTests } from './python-tests';

describe('the Python client 1.0.7', () => runPythonTests('v1_0_7'));
