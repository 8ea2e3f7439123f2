#include "tests/unit/ledger/documents/carnet/rule_cases.hpp"

namespace tidewaiter::test {

using carnet::Operation;

namespace {

/// All admitted in Paris, exit never stamped, now in London.
void exit_from_the_union_missing(CarnetWorld& w) {
    w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
    w.propose(Operation::Import, 2, "GBLHR", "2026-03-12T06:20+00:00", "1-4");
}

/// Admitted in London and never re-exported there, then admitted in Paris, which proves the exit.
void exit_from_london_proven(CarnetWorld& w) {
    w.exported()
        .imported(1, "GBLHR", "2026-03-03T07:45+00:00")
        .imported(2, "FRCQF", "2026-03-05T07:45+01:00");
    w.stamp(Operation::Reexport, 2, "FRCQF", "2026-03-08T07:45+01:00", "1-4", {.references = {2}});
}

} // namespace

std::vector<RuleCase> sequence_cases() {
    return {
        {"CAR-37", "half_used_before", kRefuse,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1");
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-04T07:45+00:00", "2");
         }},
        {"CAR-37", "booklet_shows_a_cancellation", kDecide,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1");
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-04T07:45+00:00", "2");
             w.proposal.booklet_shows_ink = true;
         }},
        {"CAR-37", "a_receipt_with_a_gap_does_not_weaken_it", kRefuse,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1");
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-04T07:45+00:00", "2");
             w.facts.receipt = carnet::ReceiptCheck::Gap;
         }},
        {"CAR-37", "offline_does_not_weaken_it", kRefuse,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1");
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-04T07:45+00:00", "2");
             w.facts.is_offline = true;
         }},
        {"CAR-37", "the_stamp_came_late", kSilent,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1",
                                {.outcome = carnet::StampOutcome::Late});
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-04T07:45+00:00", "1-4");
         }},
        {"CAR-37", "exit_completes_a_pre_exportation", kSilent,
         [](CarnetWorld& w) {
             w.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4");
             w.propose(Operation::Exit, 1, "USJFK", "2026-03-02T18:10-05:00", "1-4");
         }},
        {"CAR-37", "export_competes_with_a_pre_exportation", kRefuse,
         [](CarnetWorld& w) {
             w.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "1");
             w.propose(Operation::Export, 1, "USJFK", "2026-03-02T18:10-05:00", "2");
         }},
        {"CAR-37", "half_is_free", kSilent, leaving_london},

        {"CAR-38", "beyond_the_issued_sheets", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.sheet = 5;
         }},
        {"CAR-38", "beyond_them_with_a_certified_sheet", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.sheet = 5;
             w.proposal.booklet_shows_ink = true;
         }},
        {"CAR-38", "beyond_them_offline", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.sheet = 5;
             w.facts.is_offline = true;
         }},
        {"CAR-38", "last_issued_sheet", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.sheet = 4;
         }},

        {"CAR-39", "a_sheet_was_skipped", kNote,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.sheet = 2;
         }},
        {"CAR-39", "sheets_in_order", kSilent, at_london},
        {"CAR-39", "a_closing_is_no_opening", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(2, "GBLHR", "2026-03-03T07:45+00:00");
             w.propose(Operation::Reexport, 2, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {2});
         }},

        {"CAR-40", "nothing_exported_on_record", kDecide,
         [](CarnetWorld& w) { w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4"); }},
        {"CAR-40", "only_a_pre_exportation", kDecide,
         [](CarnetWorld& w) {
             w.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4");
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
         }},
        {"CAR-40", "exported", kSilent, at_london},

        {"CAR-41", "never_exported", kRefuse,
         [](CarnetWorld& w) {
             w.exported("1-3").propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
         }},
        {"CAR-41", "exported_and_returned_before", kDecide,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Reimport, 1, "USJFK", "2026-03-05T15:10-05:00", "1-4",
                                {.references = {1}});
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-08T07:45+00:00", "1-4");
         }},
        {"CAR-41", "stamp_missing_without_abuse", kDecide,
         [](CarnetWorld& w) {
             w.exported("1-3").propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.proposal.stamp_missing_no_abuse = true;
         }},
        {"CAR-41", "copy_beyond_the_soft_limit", kDecide,
         [](CarnetWorld& w) {
             w.exported("1-3").propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.facts.copy_age_seconds = 13 * 3600;
         }},
        {"CAR-41", "exit_of_more_than_was_reserved", kRefuse,
         [](CarnetWorld& w) {
             w.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "2x3");
             w.propose(Operation::Exit, 1, "USJFK", "2026-03-02T18:10-05:00", "2");
         }},
        {"CAR-41", "exit_after_the_implied_exit", kDecide,
         [](CarnetWorld& w) {
             w.stamp(Operation::PreExport, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4");
             w.imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.propose(Operation::Exit, 1, "USJFK", "2026-03-04T18:10-05:00", "1-4");
         }},
        {"CAR-41", "no_exportation_on_record_covers_the_list", kSilent,
         [](CarnetWorld& w) { w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4"); }},
        {"CAR-41", "as_exported", kSilent, at_london},

        {"CAR-42", "exit_elsewhere_not_stamped", kDecide, exit_from_the_union_missing},
        {"CAR-42", "exit_elsewhere_proven", kNote,
         [](CarnetWorld& w) {
             exit_from_london_proven(w);
             w.propose(Operation::Import, 3, "CHZRH", "2026-03-12T06:20+01:00", "1-4");
         }},
        {"CAR-42", "transit_of_goods_admitted_elsewhere", kDecide,
         [](CarnetWorld& w) {
             w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
             w.propose(Operation::TransitOpen, 1, "CHBSL", "2026-03-12T06:20+01:00", "1-4");
         }},
        {"CAR-42", "other_pieces_of_the_item", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00", "2x2");
             w.propose(Operation::Import, 2, "GBLHR", "2026-03-12T06:20+00:00", "2x2");
         }},
        {"CAR-42", "left_elsewhere", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
             w.stamp(Operation::Reexport, 1, "FRCQF", "2026-03-08T07:45+01:00", "1-4", {.references = {1}});
             w.propose(Operation::Import, 2, "GBLHR", "2026-03-12T06:20+00:00", "1-4");
         }},

        {"CAR-43", "admitted_here_and_open", kRefuse,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.propose(Operation::Import, 2, "GBLHR", "2026-03-12T06:20+00:00", "1-4");
         }},
        {"CAR-43", "exit_proven_elsewhere", kDecide,
         [](CarnetWorld& w) {
             exit_from_london_proven(w);
             w.propose(Operation::Import, 3, "GBLHR", "2026-03-12T06:20+00:00", "1-4");
         }},
        {"CAR-43", "port_does_not_record", kDecide,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.propose(Operation::Import, 2, "GBLHR", "2026-03-12T06:20+00:00", "1-4");
             w.reference.not_recording.list = {{"", "GBDVR", day("2026-01-01"), {}}};
         }},
        {"CAR-43", "rest_of_a_split_consignment", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "1-2");
             w.propose(Operation::Import, 2, "GBLHR", "2026-03-12T06:20+00:00", "3-4");
         }},

        {"CAR-52", "regularised_pieces_come_again", kRefuse,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.record(Operation::Regularise, "GBLHR", "2026-03-05T07:45+00:00", "2x2", {1},
                      carnet::RegulariseBody{carnet::BadGoods::DutyPaid, "C88 1", {}});
             w.propose(Operation::Import, 2, "FRCQF", "2026-03-12T06:20+01:00", "2x3");
         }},
        {"CAR-52", "regularised_pieces_come_home", kDecide,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.record(Operation::Regularise, "GBLHR", "2026-03-05T07:45+00:00", "2x2", {1},
                      carnet::RegulariseBody{carnet::BadGoods::DutyPaid, "C88 1", {}});
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-12T06:20-05:00", "2", {1});
         }},
        {"CAR-52", "the_other_pieces", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.record(Operation::Regularise, "GBLHR", "2026-03-05T07:45+00:00", "2x2", {1},
                      carnet::RegulariseBody{carnet::BadGoods::DutyPaid, "C88 1", {}});
             w.propose(Operation::Import, 2, "FRCQF", "2026-03-12T06:20+01:00", "2x2");
         }},

        {"CAR-85", "earlier_exportation_still_open", kDecide,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Export, 2, "USJFK", "2026-03-12T06:20-05:00", "1");
         }},
        {"CAR-85", "the_rest_of_the_list", kSilent,
         [](CarnetWorld& w) {
             w.exported("1-2").propose(Operation::Export, 2, "USJFK", "2026-03-12T06:20-05:00", "3-4");
         }},
    };
}

std::vector<RuleCase> discharge_cases() {
    return {
        {"CAR-44", "nothing_is_admitted_here", kRefuse,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {1});
         }},
        {"CAR-44", "nothing_is_admitted_here_as_far_as_an_offline_copy_knows", kDecide,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {1});
             w.facts.is_offline = true;
         }},
        {"CAR-44", "admitted", kSilent, leaving_london},

        {"CAR-45", "more_than_the_sheet_has_open", kRefuse,
         [](CarnetWorld& w) {
             w.exported()
                 .imported(1, "GBLHR", "2026-03-03T07:45+00:00", "2x2")
                 .imported(2, "GBLHR", "2026-03-04T07:45+00:00", "2x2");
             w.propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "2x3", {1});
         }},
        {"CAR-45", "not_produced_counts_too", kRefuse,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "2x2");
             w.propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "2x2", {1});
             w.proposal.not_produced = lines("2x1");
         }},
        {"CAR-45", "wrong_sheet_named_but_enough_here", kSilent,
         [](CarnetWorld& w) {
             w.exported()
                 .imported(1, "GBLHR", "2026-03-03T07:45+00:00", "2x2")
                 .imported(2, "GBLHR", "2026-03-04T07:45+00:00", "2x2");
             w.propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "2x3", {3});
         }},
        {"CAR-45", "silenced_where_nothing_is_admitted", kSilent,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {1});
         }},
        {"CAR-45", "as_admitted", kSilent, leaving_london},

        {"CAR-46", "no_reference", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.references = {};
         }},
        {"CAR-46", "wrong_reference", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.references = {2};
         }},
        {"CAR-46", "one_of_two_branches", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.stamp(Operation::Import, 1, "GBDVR", "2026-03-03T09:45+00:00", "1-4", {.is_stranger = true});
         }},
        {"CAR-46", "the_branch_is_named", kSilent,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.branch = w.stamp(Operation::Import, 1, "GBDVR", "2026-03-03T09:45+00:00", "1-4",
                                         {.is_stranger = true});
         }},
        {"CAR-46", "right_reference", kSilent, leaving_london},

        {"CAR-47", "part_stays", kNote,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.lines = lines("1-3");
         }},
        {"CAR-47", "missing_pieces_stay", kNote,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.lines = lines("1,2x3,3-4");
             w.proposal.not_produced = lines("2x1");
         }},
        {"CAR-47", "regularised_pieces_do_not_stay", kSilent,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.lines = lines("1,2x3,3-4");
             w.proposal.not_produced = lines("2x1");
             w.proposal.regularised = carnet::BadGoods::LostSettled;
         }},
        {"CAR-47", "not_reimported_pieces_do_not_stay", kSilent,
         [](CarnetWorld& w) {
             back_home(w);
             w.proposal.lines = lines("1-3");
             w.proposal.not_reimported = lines("4");
         }},
        {"CAR-47", "all_leaves", kSilent, leaving_london},

        {"CAR-48", "pieces_not_produced", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.not_produced = lines("2x1");
         }},
        {"CAR-48", "pieces_not_reexported", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.not_reexported = lines("2x1");
         }},
        {"CAR-48", "all_leaves", kSilent, leaving_london},

        {"CAR-49", "no_exportation_open", kDecide,
         [](CarnetWorld& w) {
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-49", "exportation_open", kSilent, back_home},

        {"CAR-50", "more_than_exported", kDecide,
         [](CarnetWorld& w) {
             w.exported("1-3").propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-50", "silenced_where_none_is_open", kSilent,
         [](CarnetWorld& w) {
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-50", "as_exported", kSilent, back_home},

        {"CAR-51", "still_admitted_abroad", kNote,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00");
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-51", "the_pieces_that_stayed_abroad", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(1, "GBLHR", "2026-03-03T07:45+00:00", "2x2");
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "2x2", {1});
         }},
        {"CAR-51", "left_abroad", kSilent, back_home},

        {"CAR-53", "processed", kDecide,
         [](CarnetWorld& w) {
             back_home(w);
             w.proposal.processed_abroad = lines("1");
         }},
        {"CAR-53", "not_processed", kSilent, back_home},

        {"CAR-54", "leaves_by_another_port", kNote,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.port = {{}, "GBDVR", "UN:GBDVR"};
         }},
        {"CAR-54", "another_member_state", kNote,
         [](CarnetWorld& w) {
             w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
             w.propose(Operation::Reexport, 1, "DEFRA", "2026-03-12T06:20+01:00", "1-4", {1});
         }},
        {"CAR-54", "leaves_where_it_came", kSilent, leaving_london},

        {"CAR-87", "seized_pieces_presented", kRefuse,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.record(Operation::Seize, "GBLHR", "2026-03-05T07:45+00:00", "2x1", {1},
                      carnet::SeizeBody{"SZ-1", 1});
         }},
        {"CAR-87", "the_others_may_leave", kSilent,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.record(Operation::Seize, "GBLHR", "2026-03-05T07:45+00:00", "2x1", {1},
                      carnet::SeizeBody{"SZ-1", 1});
             w.proposal.lines = lines("1,2x3,3-4");
         }},
        {"CAR-87", "released", kSilent,
         [](CarnetWorld& w) {
             leaving_london(w);
             const Hash seizure = w.record(Operation::Seize, "GBLHR", "2026-03-05T07:45+00:00", "2x1", {1},
                                           carnet::SeizeBody{"SZ-1", 1});
             w.record(Operation::Release, "GBLHR", "2026-03-06T07:45+00:00", "2x1", {1},
                      carnet::ReleaseBody{seizure});
         }},
    };
}

} // namespace tidewaiter::test
