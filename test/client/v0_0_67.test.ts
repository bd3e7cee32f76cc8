import { runPythonTests } from './python-tests';

describe('the Python client 0.0.67', () => runPythonTests('v0_0_67'));
