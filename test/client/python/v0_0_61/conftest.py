from old_style import old  # noqa: F401, the fixture
