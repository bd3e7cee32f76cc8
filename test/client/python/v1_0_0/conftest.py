from v1_0_7.conftest import *  # noqa: F401,F403, the fixtures
