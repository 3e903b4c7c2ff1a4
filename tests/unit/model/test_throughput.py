import tomllib
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

import simcluster
from simcluster.model.throughput import Throughput, ThroughputRow, ThroughputRows, bubble

CATALOG = Path(simcluster.__file__).parent / "catalog" / "throughput.toml"
LLAMA = {"base": "llama3_dense_bf16", "pipeline": 16, "interleave": 8, "global_batch": 2048}


def rows() -> dict[str, ThroughputRow]:
    """The packaged rows, as the document layer gives them to the model: without annotations."""
    bare = {
        name: {key: value["value"] if isinstance(value, dict) else value for key, value in row.items()}
        for name, row in tomllib.loads(CATALOG.read_text(encoding="utf-8")).items()
    }
    return TypeAdapter(ThroughputRows).validate_python(bare)


def layout(**changes: Any) -> Throughput:
    return Throughput.model_validate({**LLAMA, "data_parallel": 64, **changes})


def test_a_pipeline_idles_while_it_fills_and_drains() -> None:
    assert bubble(1, 8) == 0.0
    assert bubble(4, 8) == 3 / 11
    assert bubble(4, 8, 2) == 3 / 19
    assert bubble(16, 1) == 15 / 16


def test_the_row_of_llama_3_gives_both_of_its_published_points() -> None:
    row = rows()["llama3_dense_bf16"]
    smaller, larger = layout(data_parallel=64), layout(data_parallel=128)
    assert (smaller.microbatches, larger.microbatches) == (32, 16)
    assert smaller.bubble == pytest.approx(15 / 271)
    assert smaller.mfu(row, pods=3) == pytest.approx(0.43, abs=1e-4)
    assert larger.mfu(row, pods=6) == pytest.approx(0.41, abs=5e-3)


def test_without_interleaving_the_larger_run_would_be_far_too_slow() -> None:
    flat = ThroughputRow(title="flat", mfu=0.43 / (32 / 47), pod_share=1.0)
    assert layout(interleave=1).mfu(flat, pods=1) == pytest.approx(0.43)
    assert layout(interleave=1, data_parallel=128).mfu(flat, pods=1) < 0.33


def test_only_a_job_on_several_pods_pays_for_them() -> None:
    row = ThroughputRow(title="row", mfu=0.5, pod_share=0.8)
    plain = layout(pipeline=1)
    assert (plain.mfu(row, 1), plain.mfu(row, 2), plain.mfu(row, 8)) == (0.5, 0.4, 0.4)
    own = layout(pipeline=1, network_share=0.9)
    assert (own.mfu(row, 1), own.mfu(row, 2)) == (0.5, 0.45)


def test_rows_are_counted_against_the_peak_that_gpus_have() -> None:
    found = rows()
    assert list(found) == ["llama3_dense_bf16", "moe_bf16", "fp8"]
    assert {row.flops for row in found.values()} == {"dense_bf16"}
    assert found["moe_bf16"].mfu < found["llama3_dense_bf16"].mfu < found["fp8"].mfu
    assert all(row.known for row in found.values())


def test_a_batch_is_whole_microbatches_on_every_replica() -> None:
    assert layout(microbatch=4).microbatches == 8
    with pytest.raises(ValidationError) as caught:
        layout(global_batch=1953)
    (problem,) = caught.value.errors()[0]["ctx"]["problems"]
    assert problem.path == ("global_batch",)
    assert "1953 sequences" in problem.message
    assert "1984" in problem.hint
    with pytest.raises(ValidationError, match="whole microbatches"):
        layout(global_batch=32)


@pytest.mark.parametrize(
    "changes", [{"pipeline": 0}, {"interleave": 0}, {"network_share": 1.1}, {"network_share": 0.0}, {"stages": 3}]
)
def test_other_layouts_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        layout(**changes)


@pytest.mark.parametrize("changes", [{"mfu": 0.0}, {"mfu": 43.0}, {"pod_share": 0.0}, {"flops": "dense_fp64"}])
def test_other_rows_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ThroughputRow.model_validate({"title": "row", "mfu": 0.4, "pod_share": 0.9, **changes})
