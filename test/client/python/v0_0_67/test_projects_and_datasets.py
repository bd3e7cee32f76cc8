"""What 0.0.67 does as 0.0.61 did with projects and whole datasets."""

from v0_0_61.test_datasets import (  # noqa: F401
    test_a_dataset_that_is_not_there,
    test_a_deleted_dataset_is_archived,
    test_a_file_as_an_asset,
    test_a_preview_before_an_upload,
    test_a_preview_has_a_page,
    test_a_schema_of_label_metadata,
    test_an_asset_from_a_url,
    test_metadata_of_a_dataset_is_replaced,
    test_the_states_of_a_finished_dataset,
)
from v0_0_61.test_projects import *  # noqa: F401,F403
from v0_0_61.test_unlabeled import *  # noqa: F401,F403
