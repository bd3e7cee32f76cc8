"""Writes the Arrow files that the tests of ingest read, as the old client's libraries write them.

Run it in a virtual environment for each pair of library versions; the files go to test/activities/arrow-files:

    pip install pyarrow==14.0.2 pandas==2.0.3 numpy==1.26.4   && python make-arrow-files.py pyarrow14
    pip install pyarrow==20.0.0 pandas==3.1.1                 && python make-arrow-files.py pyarrow20
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

FOLDER = Path(__file__).resolve().parent.parent / "activities" / "arrow-files"
SUFFIX = sys.argv[1]


def write_table(name, *tables, **options):
    with open(FOLDER / f"{name}-{SUFFIX}.arrow", "wb") as file:
        with pa.ipc.new_file(file, tables[0].schema, **options) as writer:
            for table in tables:
                writer.write(table)


def frame_of(columns):
    """A data frame of object columns, which is what pandas guesses the Arrow types from."""
    series = {}
    for name, rows in columns.items():
        cells = np.empty(len(rows), dtype=object)
        for index, row in enumerate(rows):
            cells[index] = row
        series[name] = pd.Series(cells)
    return pa.Table.from_pandas(pd.DataFrame(series))


IDS = ["f1", "f2", "f é"]
VECTORS = [[0.25, -0.5, 1.0], [1.5, 2.0, -3.25], [0.0, 0.0, 0.0]]
CROP_IDS = [["b1", "b2"], [], ["b3"]]
CROPS = [[[0.5, 1.0], [2.0, 3.0]], [], [[4.0, 5.5]]]

# What pandas makes of lists, with and without numbers behind the point, and of nothing at all.
write_table("frames", frame_of({"frame_ids": IDS, "frame_embeddings": VECTORS}))
write_table("frames-int", frame_of({"frame_ids": IDS, "frame_embeddings": [[1, 2], [3, -4], [5, 6]]}))
write_table(
    "frames-float32",
    frame_of({"frame_ids": IDS, "frame_embeddings": [np.array(v, dtype=np.float32) for v in VECTORS]}),
)
write_table("crops", frame_of({"crop_ids": CROP_IDS, "crop_embeddings": CROPS}))
write_table("crops-none", frame_of({"crop_ids": [[], [], []], "crop_embeddings": [[], [], []]}))
write_table(
    "both",
    frame_of(
        {
            "frame_ids": IDS,
            "frame_embeddings": VECTORS,
            "crop_ids": CROP_IDS,
            "crop_embeddings": [[[0.5, 1.0], None], [], [[4.0, 5.5]]],
        }
    ),
)
write_table(
    "assets",
    frame_of(
        {
            "frame_ids": IDS,
            "label_assets": [
                [{"asset_type": "SEMSEG_MASK", "uuid": "u1", "value": b"\x89PNG one"}],
                [],
                [
                    {"asset_type": "INSTANCE_SEG_MASK", "uuid": "u2", "value": b"\x89PNG two"},
                    {"asset_type": "SEMSEG_MASK", "uuid": "u3", "value": b""},
                ],
            ],
        }
    ),
)

# Layouts that pandas does not write, but other writers of the same columns may.
def typed(ids, vectors, id_type, vector_type):
    return pa.table({"frame_ids": pa.array(ids, id_type), "frame_embeddings": pa.array(vectors, vector_type)})


write_table("fixed-size", typed(IDS, VECTORS, pa.string(), pa.list_(pa.float32(), 3)))
write_table("large-list", typed(IDS, VECTORS, pa.large_string(), pa.large_list(pa.float64())))
halves = [[np.float16(number) for number in vector] for vector in VECTORS]
write_table("half", typed(IDS, halves, pa.string(), pa.list_(pa.float16())))
write_table("dictionary", typed(IDS, VECTORS, pa.dictionary(pa.int32(), pa.string()), pa.list_(pa.float64())))
write_table(
    "batches",
    *(typed(IDS[i : i + 1], VECTORS[i : i + 1], pa.string(), pa.list_(pa.float64())) for i in range(3)),
)
write_table(
    "large-crops",
    pa.table(
        {
            "crop_ids": pa.array(CROP_IDS, pa.large_list(pa.large_string())),
            "crop_embeddings": pa.array(CROPS, pa.large_list(pa.list_(pa.float32(), 2))),
        }
    ),
)
write_table("null-rows", typed(["f1", None, "f3"], [[1.0, 2.0], [3.0, 4.0], None], pa.string(), pa.list_(pa.float64())))
write_table("nan", typed(IDS[:1], [[1.0, float("nan")]], pa.string(), pa.list_(pa.float64())))

# Files that are refused.
write_table(
    "compressed",
    typed(IDS, [[1.5] * 64] * 3, pa.string(), pa.list_(pa.float64())),
    options=pa.ipc.IpcWriteOptions(compression="zstd"),
)
write_table("wrong-columns", pa.table({"ids": IDS, "vectors": VECTORS}))
write_table("wrong-types", typed(IDS, [["a"], ["b"], ["c"]], pa.string(), pa.list_(pa.string())))
write_table("one-column", pa.table({"frame_ids": IDS}))
write_table(
    "uneven",
    pa.table({"crop_ids": [["b1", "b2"]], "crop_embeddings": [[[1.0, 2.0]]]}),
)
