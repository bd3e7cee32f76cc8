"""What 1.0.0 does as 1.0.7 does; its tests run here with the other client.

Not those that read labels through the client: 1.0.0 makes them anew from a base class that belongs to no sensor, and then
refuses them itself. test_labels.py reads them over the native API.
"""

from v1_0_7.assets.test_assets import (  # noqa: F401
    test_a_file_is_fetched_back_byte_for_byte,
    test_an_asset_is_copied_from_its_url,
)
from v1_0_7.datasets.test_datasets import (  # noqa: F401
    test_a_dataset_is_listed_with_its_metadata,
    test_an_archived_dataset_takes_no_upload_and_says_so_at_once,
    test_of_a_dataset_that_does_not_exist_the_client_hears_at_once,
    test_the_schema_of_label_metadata_is_kept,
    test_the_state_of_a_processed_dataset_is_told,
)
from v1_0_7.frames.test_all_types import (  # noqa: F401
    read_back,
    test_device_time_and_place,
    test_every_sensor_in_one_frame,
    test_metadata_of_every_type,
)
from v1_0_7.inferences.test_inference_sets import *  # noqa: F401,F403
from v1_0_7.modify.test_embeddings import *  # noqa: F401,F403
from v1_0_7.modify.test_modify import (  # noqa: F401
    modify,
    test_a_change_of_metadata_alone_leaves_the_labels_as_old_as_they_are,
    test_deleting_a_frame_fails_in_the_client,
    test_frames_and_labels_that_are_not_there_are_dropped,
)
from v1_0_7.modify.test_replace import (  # noqa: F401
    test_a_repeated_post_of_an_upload_changes_nothing,
    test_an_upload_is_waited_for,
    test_what_is_uploaded_again_unchanged_makes_no_version,
)
from v1_0_7.preview.test_preview import frame, test_the_frame_is_kept_for_the_page_that_the_client_names  # noqa: F401
from v1_0_7.projects.test_projects import *  # noqa: F401,F403
from v1_0_7.refusals.test_refusals import (  # noqa: F401
    client_with,
    key_for,
    test_each_kind_of_credentials_is_taken,
    test_wrong_credentials_are_refused,
)
