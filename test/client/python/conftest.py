"""What the tests of every version of the client share.

VIVARIUM_URL is the root of a running system, VIVARIUM_ADMIN_KEY its admin key. Each test makes its own project.
"""

import os
from uuid import uuid4

import pytest

from import_client import import_client
from media import MediaServer
from native import Native
from public_methods import MARKS, read_marks

# Failures in it are shown like those of tests.
pytest.register_assert_rewrite("content")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    config.stash[MARKS] = read_marks(items)


@pytest.fixture(scope="session")
def root():
    return os.environ["VIVARIUM_URL"]


@pytest.fixture(scope="session")
def admin_key():
    return os.environ["VIVARIUM_ADMIN_KEY"]


@pytest.fixture(scope="session")
def al(tmp_path_factory):
    """The module `aquariumlearning`. It clears up its temporary files when imported, so each process has its own folder."""
    os.environ["AQUARIUM_TEMP_DIR"] = str(tmp_path_factory.mktemp("client"))
    return import_client()


@pytest.fixture
def client(al, root, admin_key):
    """A client as a user makes one: nothing is changed but the address."""
    client = al.Client(api_endpoint=f"{root}/api/v1")
    client.set_credentials(api_key=admin_key)
    return client


@pytest.fixture(scope="session")
def native(root, admin_key):
    return Native(root, admin_key)


@pytest.fixture
def project_name():
    """A name that no other test uses."""
    return f"p_{uuid4().hex[:12]}"


@pytest.fixture
def project(al, client, project_name):
    """A project with the classes cat, dog and bird."""
    client.create_project(project_name, al.LabelClassMap.from_classnames(["cat", "dog", "bird"]))
    return project_name


@pytest.fixture(scope="session")
def media():
    """A server on this machine that answers every GET with a small image; `media.url(name)` is one's URL."""
    server = MediaServer()
    yield server
    server.close()
