"""What 0.0.67 does as 0.0.61 did; its tests run here with the other client."""

from v0_0_61.test_batch import (  # noqa: F401
    test_a_batch_dataset_is_immutable,
    test_a_batch_is_one_version_and_waited_for,
    test_one_bad_row_refuses_the_whole_batch,
    test_vectors_in_a_batch,
)
from v0_0_61.test_frames import (  # noqa: F401
    test_coordinate_frames,
    test_metadata_keeps_its_types,
    test_place_date_and_device,
    test_sensors_come_back_as_they_were,
    test_the_deprecated_way_to_add_vectors_of_a_labeled_frame,
    test_vectors_of_frames_and_labels,
    test_vectors_that_the_client_makes_up_are_not_stored,
)
from v0_0_61.test_inferences import *  # noqa: F401,F403
from v0_0_61.test_labels import (  # noqa: F401
    test_ids_that_look_like_json_or_need_escaping,
    test_instances_and_their_mask,
    test_labels_come_back_as_they_were,
    test_uploading_a_frame_again_replaces_it,
)
from v0_0_61.test_masks import *  # noqa: F401,F403
from v0_0_61.test_updates import (  # noqa: F401
    test_frames_are_added,
    test_frames_are_deleted,
    test_new_metadata_leaves_instances_alone,
    test_new_metadata_leaves_labels_of_every_type_alone,
    test_only_deletions,
    test_waiting_for_windows,
)
