from public_methods import test_every_public_method_is_listed  # noqa: F401
