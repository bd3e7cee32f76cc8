import type { Json, JsonObject } from '../../domain/json';

/** A frame row as version 1.0.7 of the client writes it (protocol 5.2). */
export function frameRow(more: JsonObject = {}): JsonObject {
  return {
    task_id: 'f1',
    date_captured: '2024-01-02T03:04:05+00:00',
    device_id: 'dev1',
    coordinate_frames: [
      {
        coordinate_frame_id: 'DEFAULT',
        coordinate_frame_type: 'IMAGE',
        coordinate_frame_metadata: '{"parent_frame_id": "world"}',
      },
      {
        coordinate_frame_id: 'world',
        coordinate_frame_type: 'WORLD',
        coordinate_frame_metadata: '{"parent_frame_id": null}',
      },
    ],
    sensor_data: [sensorRow()],
    geo_data: {},
    reuse_latest_embedding: false,
    change: 'ADD',
    user_metadata_types: {},
    user_metadata_modes: {},
    ...more,
  };
}

export function sensorRow(more: JsonObject = {}): JsonObject {
  return {
    coordinate_frame: 'DEFAULT',
    data_urls: { image_url: 'http://host/a.png' },
    date_captured: '2024-01-02T03:04:05+00:00',
    sensor_id: 'DEFAULT',
    sensor_metadata: {},
    sensor_type: 'IMAGE_V0',
    mirror_asset: false,
    ...more,
  };
}

/** A label as version 1.0.7 writes it (protocol 5.3). */
export function labelRow(more: JsonObject = {}): JsonObject {
  return {
    uuid: 'b1',
    label_type: 'BBOX_2D',
    label: 'cat',
    class_id: 0,
    label_coordinate_frame: 'DEFAULT',
    attributes: { top: 1, left: 2.5, width: 3, height: 4 },
    reuse_latest_embedding: false,
    change: 'ADD',
    ...more,
  };
}

/** A label as version 0.0.61 writes it. */
export function legacyLabelRow(more: JsonObject = {}): JsonObject {
  const { class_id: _class, change: _change, ...label } = labelRow();
  return { ...label, linked_labels: [], ...more };
}

export function cropRow(...label_data: Json[]): JsonObject {
  return { task_id: 'f1', type: 'GT', label_data };
}
