"""What five people's first hours shall feel like, sentence by sentence, and what holds it true.

A promise is kept by tests, named here as ``file::name``; by a file, where it is a matter of looks;
or it waits for the step of the project that builds its node.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from support.tree import ROOT

STEPS = ("tables and rules", "deployment")
"""Steps of the project that come later."""


@dataclass(frozen=True)
class Promise:
    """A sentence in short, and what holds it.

    Args:
        words: The sentence.
        held: Tests as ``file::name``, or files.
        later: The step that will hold it.
    """

    words: str
    held: tuple[str, ...] = ()
    later: str = ""


def kept(words: str, *held: str) -> Promise:
    return Promise(words, held)


def later(words: str, step: str) -> Promise:
    return Promise(words, later=step)


BROWSER = "tests/browser"
LEARNING = "web/src/panels/results/learning"

PROMISES = (
    # a student's first ten minutes
    kept("one command fetches digits, trains and tells of every node",
         "tests/test_cli_run.py::test_run_tells_what_it_did_and_how_to_do_it_again",
         "tests/test_cli_run.py::test_terminal_shows_a_bar_with_metrics_and_time_left", "Makefile"),
    kept("run again, what is known is not computed again",
         "tests/test_run.py::test_results_are_found_again"),
    kept("fewer filters: shapes and parameters behind change at once",
         f"{BROWSER}/test_settings.py::test_shapes_and_parameters_behind_a_setting_change_at_once"),
    kept("nodes behind a change are changed, the reader stays done",
         f"{BROWSER}/test_settings.py::"
         "test_what_lies_behind_a_changed_setting_is_changed_and_the_rest_stays_done"),
    kept("only what changed runs",
         "tests/test_run.py::test_a_changed_setting_reruns_exactly_what_lies_below"),
    kept("the new curve draws itself beside the old one",
         f"{LEARNING}/chart_data.test.ts::draws earlier runs behind, of the metrics it shows",
         f"{BROWSER}/test_looking.py::"
         "test_a_field_of_the_confusion_matrix_shows_its_rows_and_curves_lie_over_earlier_ones"),
    kept("a field of the confusion matrix leads to its pictures",
         f"{BROWSER}/test_looking.py::"
         "test_a_field_of_the_confusion_matrix_shows_its_rows_and_curves_lie_over_earlier_ones"),
    kept("inside a layer: its kernels, and what each sees in the picked digit",
         f"{BROWSER}/test_inside_tab.py::"
         "test_layer_shows_what_it_does_with_the_row_that_one_picks"),
    kept("a network is built and understood without writing code",
         f"{BROWSER}/test_build_by_mouse.py::"
         "test_digits_from_an_empty_canvas_to_the_confusion_matrix",
         f"{BROWSER}/test_build_by_keyboard.py::test_digits_without_a_mouse"),
    # an analyst who knows KNIME
    kept("a dropped CSV is a configured reader with its columns; Partitioning is offered first",
         f"{BROWSER}/test_dropped_files.py::"
         "test_a_dropped_csv_is_a_reader_with_its_columns_and_partitioning_is_offered_first"),
    kept("a wire into the empty canvas offers a short list of what fits",
         f"{BROWSER}/test_wiring.py::"
         "test_a_wire_pulled_into_the_empty_canvas_offers_what_fits"),
    kept("every node has the name a KNIME user expects",
         "tests/test_coming_from_knime.py::test_every_layer_node_of_knime_has_a_row"),
    later("a mistyped column in a rule is underlined and the near one named", "tables and rules"),
    kept("a mistyped column elsewhere is told with the near one, and nothing typed is lost",
         f"{BROWSER}/test_settings.py::test_a_mistyped_column_is_told_with_the_one_near_it",
         f"{BROWSER}/test_settings.py::test_a_wrong_value_is_kept_and_explained_in_place"),
    kept("F7, F8, F9 do what they always did",
         f"{BROWSER}/test_frame.py::test_keys_of_knime_run_reset_and_cancel"),
    kept("selected nodes become a component with one key",
         f"{BROWSER}/test_arranging.py::test_a_component_is_made_opened_left_and_run"),
    kept("the export is a Python script that can be read",
         "tests/test_cli_export.py::test_program_runs_alone_with_its_weights",
         "tests/nodes/test_script_writer.py::test_the_program_reads_like_one_by_hand"),
    # an author of nodes
    kept("a new node is a short file made by a command",
         "tests/test_cli_new.py::test_new_node_is_a_node_that_works"),
    kept("it is in the palette with its dialog, column picker and help; "
         "a bug turns it red with the author's own line, and nothing else",
         f"{BROWSER}/test_own_nodes.py::test_a_loose_node_breaks_alone_tells_its_line_and_mends"),
    kept("its test is one line",
         "tests/test_testing.py::test_a_good_node_passes_and_its_outputs_come_back"),
    # an embedder
    kept("three lines of Python, and a result that is a data frame",
         "tests/test_house.py::test_examples_in_the_readme_and_the_guide_run",
         "tests/test_api.py::test_a_workflow_built_in_python_is_run"),
    kept("types are complete", "flowengine/py.typed"),
    kept("no state of ours, no noise, no thread left behind",
         "tests/test_api.py::test_many_runs_at_the_same_time",
         "tests/test_imports.py::test_importing_loads_nothing_heavy"),
    later("a workflow answers requests as a service", "deployment"),
    # anyone after a crash
    kept("the editor says in which epoch a learner stopped and when, and resumes it",
         f"{BROWSER}/test_runs_panel.py::"
         "test_a_killed_learner_says_where_it_stopped_and_resumes_there"),
    kept("resumed, it ends with the weights it would have had",
         "tests/test_learner_kill.py::"
         "test_a_killed_learner_ends_with_the_weights_of_one_left_alone"),
    # how the editor looks
    kept("calm, one accent, light and dark together, contrast enough",
         f"{BROWSER}/test_accessibility.py::test_the_editor_has_none",
         f"{BROWSER}/test_screenshots.py::test_every_view_is_photographed", "web/src/theme.css"),
    kept("palette, canvas over results, settings, one bar; sizes are remembered",
         f"{BROWSER}/test_frame.py::"
         "test_panels_stand_around_the_canvas_and_remember_their_size"),
    kept("empty places say what to do",
         f"{BROWSER}/test_history.py::"
         "test_everything_is_undone_to_the_empty_canvas_and_done_again"),
    kept("a card has title, essence, state, ports by type; from far only colour and title",
         f"{BROWSER}/test_frame.py::"
         "test_a_card_tells_title_essence_and_state_and_from_far_only_the_title"),
    kept("state is colour, shape and word", "web/src/canvas/StateGlyph.tsx",
         f"{BROWSER}/test_accessibility.py::test_the_editor_has_none"),
    kept("wires say what flows; what fits glows, what does not fades and says why",
         f"{BROWSER}/test_settings.py::test_shapes_and_parameters_behind_a_setting_change_at_once",
         f"{BROWSER}/test_wiring.py::test_ports_that_do_not_fit_fade_while_a_wire_is_pulled",
         f"{BROWSER}/test_wiring.py::test_a_table_does_not_go_where_a_network_is_wanted"),
    kept("a learner's card grows a sparkline; stop and keep ends it",
         f"{BROWSER}/test_runs_panel.py::test_stop_and_keep_uses_what_was_learned_and_says_so"),
    kept("loss and metrics live: training a line, validation dots, smoothing, log scale",
         f"{LEARNING}/chart_data.test.ts::"
         "draws training as a line and validation as dots, counted in epochs",
         f"{LEARNING}/chart_data.test.ts::leaves out what a logarithmic axis cannot show",
         f"{LEARNING}/smoothing.test.ts::begins at the first value, not at zero"),
    kept("rates and time left", f"{LEARNING}/pace.test.ts::says steps a second and seconds left"),
    kept("the layers as a list, a click selects",
         f"{BROWSER}/test_looking.py::test_a_layer_in_the_list_is_selected_on_the_canvas"),
    kept("gates over time as strips, and what makes the cell state of them",
         "tests/nodes/test_network_inspector.py::test_the_gates_of_an_lstm_make_its_cell_state",
         "tests/server/test_inside.py"),
    kept("headers of tables have types, histograms, the share of what is missing",
         "tests/server/test_statistics.py::test_histogram_counts_every_number",
         "web/src/panels/results/table/statistics.test.ts::"
         "missingText never rounds to none or all"),
    kept("images in tables are thumbnails",
         "tests/server/test_tables.py::test_picture_is_a_thumbnail_with_its_true_size"),
    kept("a million rows scroll smoothly",
         "tests/server/test_tables.py::test_a_million_rows_page_at_once",
         f"{BROWSER}/test_looking.py::test_the_end_of_a_long_table_is_reached_at_once"),
)  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.words)
def test_every_promise_is_held_by_something_that_is_there(promise: Promise) -> None:
    assert bool(promise.held) != bool(promise.later)
    assert not promise.later or promise.later in STEPS
    for name in promise.held:
        path, _, test = name.partition("::")
        assert (ROOT / path).is_file(), f"there is no {path}"
        if test:
            assert test in names_in((ROOT / path).read_text(encoding="utf-8")), name


def names_in(source: str) -> list[str]:
    """Return the names of the tests of a file in Python or TypeScript."""
    return re.findall(r"^def (test_\w+)", source, re.MULTILINE) + re.findall(
        r"^\s*(?:it|test)\('([^']+)'", source, re.MULTILINE
    )


def test_no_promise_stands_twice() -> None:
    words = [promise.words for promise in PROMISES]
    assert len(set(words)) == len(words)
