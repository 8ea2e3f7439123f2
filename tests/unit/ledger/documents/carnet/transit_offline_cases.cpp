#include "tests/unit/ledger/documents/carnet/rule_cases.hpp"

namespace tidewaiter::test {

using carnet::Operation;

std::vector<RuleCase> transit_cases() {
    return {
        {"CAR-55", "never_opened", kRefuse,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::TransitClose, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
         }},
        {"CAR-55", "opened_in_another_territory", kRefuse,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::TransitOpen, 1, "FRCQF", "2026-03-10T14:00+01:00", "1-4",
                                {.destination = "CHGVA"});
             w.propose(Operation::TransitClose, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
         }},
        {"CAR-55", "stamp_missing_without_abuse", kDecide,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::TransitClose, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
             w.proposal.stamp_missing_no_abuse = true;
         }},
        {"CAR-55", "opened", kSilent, closing_in_geneva},

        {"CAR-56", "limit_passed", kDecide,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.facts.now = local_time("2026-03-14T00:10+01:00");
         }},
        {"CAR-56", "on_the_last_day", kSilent,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.facts.now = local_time("2026-03-13T23:50+01:00");
         }},

        {"CAR-58", "another_office", kDecide,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.port = {{}, "CHZRH", "UN:CHZRH"};
         }},
        {"CAR-58", "the_named_office", kSilent, closing_in_geneva},

        {"CAR-59", "fewer_pieces", kDecide,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.proposal.lines = lines("1-3");
         }},
        {"CAR-59", "the_same_pieces", kSilent, closing_in_geneva},

        {"CAR-60", "transit_here_still_open", kDecide,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.propose(Operation::Import, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
         }},
        {"CAR-60", "transit_closed", kSilent,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.stamp(Operation::TransitClose, 1, "CHGVA", "2026-03-11T09:00+01:00", "1-4");
             w.propose(Operation::Import, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
         }},

        {"CAR-61", "transit_elsewhere_still_open", kNote,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.propose(Operation::Import, 1, "FRCQF", "2026-03-12T10:00+01:00", "1-4");
         }},
        {"CAR-61", "never_at_reexport", kSilent,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.imported(1, "FRCQF", "2026-03-12T10:00+01:00");
             w.propose(Operation::Reexport, 1, "FRCQF", "2026-03-13T10:00+01:00", "1-4", {1});
         }},
        {"CAR-61", "no_transit_open", kSilent, at_london},
    };
}

std::vector<RuleCase> offline_cases() {
    return {
        {"CAR-04", "copy_older_than_the_soft_limit", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.copy_age_seconds = 12 * 3600 + 1;
         }},
        {"CAR-04", "at_the_soft_limit", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.copy_age_seconds = 12 * 3600;
         }},
        {"CAR-04", "beyond_the_hard_limit_another_rule_speaks", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.copy_age_seconds = 72 * 3600 + 1;
         }},

        {"CAR-65", "two_ports_stamped_one_half", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.imported(1, "GBLHR", "2026-03-03T07:00+00:00");
             w.stamp(Operation::Import, 1, "FRCQF", "2026-03-03T07:10+00:00", "1-4", {.is_stranger = true});
         }},
        {"CAR-65", "guarantee_in_dispute", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.set(carnet::Flag::GuaranteeDispute, true);
         }},
        {"CAR-65", "the_second_port_knew_the_first", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.imported(1, "GBLHR", "2026-03-03T07:00+00:00").imported(1, "FRCQF", "2026-03-03T07:10+00:00");
         }},

        {"CAR-67", "code_replayed", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.code = carnet::CodeCheck::Replayed;
         }},
        {"CAR-67", "declaration_changed", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.code = carnet::CodeCheck::Changed;
         }},
        {"CAR-67", "code_is_new", kSilent, at_london},

        {"CAR-69", "receipt_extends_the_copy", kNote,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.receipt = carnet::ReceiptCheck::Extends;
         }},
        {"CAR-69", "receipt_is_known", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.receipt = carnet::ReceiptCheck::Known;
         }},

        {"CAR-70", "receipt_leaves_a_gap", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.receipt = carnet::ReceiptCheck::Gap;
         }},
        {"CAR-70", "receipt_forks", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.receipt = carnet::ReceiptCheck::Fork;
         }},
        {"CAR-70", "receipt_extends_the_copy", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.receipt = carnet::ReceiptCheck::Extends;
         }},

        {"CAR-71", "copy_beyond_the_hard_limit", kCannotTell,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.copy_age_seconds = 72 * 3600 + 1;
         }},
        {"CAR-71", "too_many_stamps_not_anchored", kCannotTell,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.unanchored_stamps = 200;
         }},
        {"CAR-71", "too_much_value_not_anchored", kCannotTell,
         [](CarnetWorld& w) {
             at_london(w);
             w.reference.limits.unanchored_value = documents::Amount{1'000, "USD"};
             w.facts.unanchored_value = 1'000;
         }},
        {"CAR-71", "within_all_limits", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.copy_age_seconds = 72 * 3600;
             w.facts.unanchored_stamps = 199;
         }},

        {"CAR-72", "clock_is_off", kCannotTell,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.clock_error_seconds = 121;
         }},
        {"CAR-72", "clock_within_tolerance", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.clock_error_seconds = 120;
         }},

        {"CAR-86", "offline_without_receipt", kNote,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.is_offline = true;
         }},
        {"CAR-86", "first_exportation", kSilent,
         [](CarnetWorld& w) {
             w.propose(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4");
             w.facts.is_offline = true;
         }},
        {"CAR-86", "validation", kSilent,
         [](CarnetWorld& w) {
             w.propose(Operation::Validate, 0, "USJFK", "2026-03-02T15:10-05:00", "");
             w.facts.is_offline = true;
         }},
        {"CAR-86", "receipt_shown", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.is_offline = true;
             w.facts.receipt = carnet::ReceiptCheck::Known;
         }},
        {"CAR-86", "online", kSilent, at_london},
    };
}

std::vector<RuleCase> follow_up_cases() {
    return {
        {"CAR-66", "admitted_twice_by_strangers", kDecide,
         [](CarnetWorld& w) {
             w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00");
             w.stamp(Operation::Import, 2, "GBLHR", "2026-03-05T07:45+00:00", "1-4", {.is_stranger = true});
         },
         Speaks::AtMerge},
        {"CAR-66", "the_second_port_knew_the_first", kSilent,
         [](CarnetWorld& w) {
             w.exported()
                 .imported(1, "FRCQF", "2026-03-03T07:45+01:00")
                 .imported(2, "GBLHR", "2026-03-05T07:45+00:00");
         },
         Speaks::AtMerge},
        {"CAR-66", "pieces_for_both", kSilent,
         [](CarnetWorld& w) {
             w.exported().imported(1, "FRCQF", "2026-03-03T07:45+01:00", "2x2");
             w.stamp(Operation::Import, 2, "GBLHR", "2026-03-05T07:45+00:00", "2x2", {.is_stranger = true});
         },
         Speaks::AtMerge},

        {"CAR-74", "day_after_the_final_date", kNote,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4",
                                {.final_date = "2026-04-30"});
             w.facts.now = local_time("2026-05-01T12:00+00:00");
         },
         Speaks::ByTheDay},
        {"CAR-74", "final_date", kSilent,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4",
                                {.final_date = "2026-04-30"});
             w.facts.now = local_time("2026-04-30T12:00+00:00");
         },
         Speaks::ByTheDay},
        {"CAR-74", "sleeps_while_pieces_are_seized", kSilent,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4",
                                {.final_date = "2026-04-30"});
             w.record(Operation::Seize, "GBLHR", "2026-04-05T07:45+00:00", "1", {1},
                      carnet::SeizeBody{"SZ-1", 1});
             w.facts.now = local_time("2026-05-01T12:00+00:00");
         },
         Speaks::ByTheDay},

        {"CAR-75", "expired_with_an_open_transit", kNote,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.facts.now = local_time("2027-02-15T12:00+00:00");
         },
         Speaks::ByTheDay},
        {"CAR-75", "claim_window_closed", kSilent,
         [](CarnetWorld& w) {
             closing_in_geneva(w);
             w.facts.now = local_time("2028-02-15T12:00+00:00");
         },
         Speaks::ByTheDay},
        {"CAR-75", "only_home_is_open", kSilent,
         [](CarnetWorld& w) { w.exported().facts.now = local_time("2027-02-15T12:00+00:00"); },
         Speaks::ByTheDay},

        {"CAR-84", "expired_and_not_returned", kNote,
         [](CarnetWorld& w) { w.facts.now = local_time("2027-02-15T12:00+00:00"); }, Speaks::ByTheDay},
        {"CAR-84", "returned", kSilent,
         [](CarnetWorld& w) {
             w.carnet.head.set(carnet::Flag::Returned, true);
             w.facts.now = local_time("2027-02-15T12:00+00:00");
         },
         Speaks::ByTheDay},
        {"CAR-84", "still_valid", kSilent,
         [](CarnetWorld& w) { w.facts.now = local_time("2027-02-14T12:00+00:00"); }, Speaks::ByTheDay},
    };
}

} // namespace tidewaiter::test
