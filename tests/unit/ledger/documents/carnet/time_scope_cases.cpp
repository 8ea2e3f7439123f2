#include "tests/unit/ledger/documents/carnet/rule_cases.hpp"

namespace tidewaiter::test {

using carnet::Operation;

std::vector<RuleCase> time_cases() {
    return {
        {"CAR-16", "a_day_more_than_a_year", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.valid_until = day("2027-02-16");
         }},
        {"CAR-16", "a_year_to_the_day", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.valid_until = day("2027-02-15");
         }},
        {"CAR-16", "leap_day_and_a_year", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.issued = day("2024-02-29");
             w.carnet.head.cover.valid_until = day("2025-02-28");
         }},
        {"CAR-16", "leap_day_and_a_day_more", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.issued = day("2024-02-29");
             w.carnet.head.cover.valid_until = day("2025-03-01");
         }},

        {"CAR-17", "before_the_day_begins_anywhere", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2026-02-14T09:59+00:00");
         }},
        {"CAR-17", "the_day_has_begun_at_the_date_line", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2026-02-14T10:00+00:00");
         }},

        {"CAR-18", "import_after_expiry", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2027-02-15T00:10+00:00");
         }},
        {"CAR-18", "import_on_the_last_local_day", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2027-02-14T23:50-05:00");
         }},

        {"CAR-19", "reexport_after_expiry", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.facts.now = local_time("2027-02-15T00:10+00:00");
         }},
        {"CAR-19", "reexport_in_time", kSilent, leaving_london},

        {"CAR-20", "reimport_after_expiry", kNote,
         [](CarnetWorld& w) {
             back_home(w);
             w.facts.now = local_time("2027-02-15T00:10-05:00");
         }},
        {"CAR-20", "reimport_in_time", kSilent, back_home},

        {"CAR-21", "final_date_passed", kDecide,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4",
                                {.final_date = "2026-03-11"});
             w.propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {1});
         }},
        {"CAR-21", "on_the_final_date", kSilent,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4",
                                {.final_date = "2026-03-12"});
             w.propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1-4", {1});
         }},
        {"CAR-21", "final_date_passed_while_seized", kSilent,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1",
                                {.final_date = "2026-03-11"});
             w.record(Operation::Seize, "GBLHR", "2026-03-05T07:45+00:00", "1", {1},
                      carnet::SeizeBody{"SZ-1", 1});
             w.propose(Operation::Reexport, 1, "GBLHR", "2026-03-12T06:20+00:00", "1", {1});
         }},
        {"CAR-21", "carnet_expired_too", kSilent,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4",
                                {.final_date = "2026-03-11"});
             w.propose(Operation::Reexport, 1, "GBLHR", "2027-03-12T06:20+00:00", "1-4", {1});
         }},

        {"CAR-22", "late_in_the_united_states", kNote,
         [](CarnetWorld& w) {
             w.stamp(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4",
                     {.final_date = "2026-03-20"});
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-22", "late_where_no_severity_is_set", kDecide,
         [](CarnetWorld& w) {
             w.reference.territories.list[0].severity.clear();
             w.stamp(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4",
                     {.final_date = "2026-03-20"});
             w.propose(Operation::Reimport, 1, "USJFK", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-22", "in_time", kSilent, back_home},

        {"CAR-23", "date_after_expiry", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.final_date("2027-02-15");
         }},
        {"CAR-23", "date_of_expiry", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.final_date("2027-02-14");
         }},

        {"CAR-24", "earlier_final_date", kNote,
         [](CarnetWorld& w) {
             at_london(w);
             w.final_date("2026-12-31");
         }},
        {"CAR-24", "final_date_is_expiry", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.final_date("2027-02-14");
         }},
        {"CAR-24", "no_final_date", kSilent, at_london},

        {"CAR-25", "a_day_below_the_minimum", kNote,
         [](CarnetWorld& w) {
             w.carnet.head.cover.issued = day("2026-03-02");
             w.carnet.head.cover.valid_until = day("2027-03-02");
             w.exported()
                 .propose(Operation::Import, 1, "FRCQF", "2026-03-02T23:45+01:00", "1-4")
                 .final_date("2027-02-28");
         }},
        {"CAR-25", "the_minimum", kSilent,
         [](CarnetWorld& w) {
             w.carnet.head.cover.issued = day("2026-03-02");
             w.carnet.head.cover.valid_until = day("2027-03-02");
             w.exported()
                 .propose(Operation::Import, 1, "FRCQF", "2026-03-02T23:45+01:00", "1-4")
                 .final_date("2027-03-01");
         }},
        {"CAR-25", "territory_does_not_apply_the_annex", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.final_date("2026-03-10");
         }},

        {"CAR-26", "thirty_days_left", kNote,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2027-01-15T12:00+00:00");
         }},
        {"CAR-26", "last_day", kNote,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2027-02-14T12:00+00:00");
         }},
        {"CAR-26", "thirty_one_days_left", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2027-01-14T12:00+00:00");
         }},

        {"CAR-27", "before_the_latest_stamp", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.now = local_time("2026-03-02T20:09+00:00");
         }},
        {"CAR-27", "earlier_by_date_later_in_utc", kSilent,
         [](CarnetWorld& w) {
             w.stamp(Operation::Export, 1, "USJFK", "2026-03-03T02:00+08:00", "1-4");
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-02T18:00+00:00", "1-4");
         }},
    };
}

std::vector<RuleCase> scope_cases() {
    return {
        {"CAR-28", "not_in_box_p", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.countries = {"EU", "CH"};
         }},
        {"CAR-28", "a_member_stands_for_its_union", kSilent,
         [](CarnetWorld& w) {
             w.carnet.head.cover.countries = {"DE"};
             w.exported().propose(Operation::Import, 1, "FRCQF", "2026-03-03T07:45+01:00", "1-4");
         }},
        {"CAR-28", "territory_is_unknown", kCannotTell,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "QQABC", "2026-03-03T07:45+00:00", "1-4");
         }},
        {"CAR-28", "in_box_p", kSilent, at_london},
        {"CAR-28", "transit_at_home_needs_no_box", kSilent,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::TransitOpen, 1, "USJFK", "2026-03-03T07:45+00:00", "1-4");
         }},

        {"CAR-29", "virgin_islands", kRefuse,
         [](CarnetWorld& w) {
             w.stamp(Operation::Validate, 0, "USJFK", "2026-03-02T14:55-05:00", "");
             w.propose(Operation::Export, 1, "VICHA", "2026-03-02T15:10-05:00", "1-4");
         }},
        {"CAR-29", "virgin_islands_on_return", kDecide,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Reimport, 1, "VICHA", "2026-03-21T14:30-04:00", "1-4", {1});
         }},
        {"CAR-29", "puerto_rico", kSilent,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Reimport, 1, "PRSJU", "2026-03-21T14:30-04:00", "1-4", {1});
         }},

        {"CAR-30", "use_not_accepted", kDecide,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "CHZRH", "2026-03-03T07:45+01:00", "1-4");
         }},
        {"CAR-30", "every_use_accepted", kSilent, at_london},

        {"CAR-32", "by_post_where_excluded", kRefuse,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "CHZRH", "2026-03-03T07:45+01:00", "1-4");
             w.proposal.transport_mode = 5;
         }},
        {"CAR-32", "by_post_where_accepted", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.transport_mode = 5;
         }},
        {"CAR-32", "by_air", kSilent,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "CHZRH", "2026-03-03T07:45+01:00", "1-4");
             w.proposal.transport_mode = 4;
         }},

        {"CAR-34", "ata_from_the_united_states_to_taiwan", kRefuse,
         [](CarnetWorld& w) {
             w.carnet.head.cover.countries = {"TW"};
             w.exported().propose(Operation::Import, 1, "TWTPE", "2026-03-03T07:45+08:00", "1-4");
         }},
        {"CAR-34", "bilateral_scheme_elsewhere", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.parts.scheme = "TECRO_AIT";
         }},
        {"CAR-34", "bilateral_scheme_in_its_pair", kSilent,
         [](CarnetWorld& w) {
             w.carnet.head.cover.countries = {"TW"};
             w.exported().propose(Operation::Import, 1, "TWTPE", "2026-03-03T07:45+08:00", "1-4");
             w.carnet.parts.scheme = "TECRO_AIT";
         }},
        {"CAR-34", "ata_in_europe", kSilent, at_london},

        {"CAR-35", "white_sheet_at_home", kRefuse,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "USJFK", "2026-03-03T07:45+00:00", "1-4");
         }},
        {"CAR-35", "yellow_sheet_abroad", kRefuse,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Reimport, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4", {1});
         }},
        {"CAR-35", "validation_abroad", kRefuse,
         [](CarnetWorld& w) { w.propose(Operation::Validate, 0, "GBLHR", "2026-03-03T07:45+00:00", ""); }},
        {"CAR-35", "another_colour_presented", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.presented_colour = carnet::Colour::Blue;
         }},
        {"CAR-35", "transit_without_destination", kRefuse,
         [](CarnetWorld& w) {
             w.exported().stamp(Operation::TransitOpen, 1, "CHBSL", "2026-03-10T14:00+01:00", "1-4");
             w.propose(Operation::TransitClose, 1, "CHGVA", "2026-03-11T10:00+01:00", "1-4");
         }},
        {"CAR-35", "yellow_sheet_where_territory_is_unknown", kCannotTell,
         [](CarnetWorld& w) { w.propose(Operation::Export, 1, "QQABC", "2026-03-03T07:45+00:00", "1-4"); }},
        {"CAR-35", "right_colour", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.presented_colour = carnet::Colour::White;
         }},
        {"CAR-35", "transit_with_destination", kSilent, closing_in_geneva},

        {"CAR-36", "part_of_what_left_home", kDecide,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "CHZRH", "2026-03-03T07:45+01:00", "1-3");
         }},
        {"CAR-36", "all_that_left_home", kSilent,
         [](CarnetWorld& w) {
             w.exported("1-3").propose(Operation::Import, 1, "CHZRH", "2026-03-03T07:45+01:00", "1-3");
         }},
        {"CAR-36", "part_where_splits_are_accepted", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.lines = lines("1");
         }},
    };
}

} // namespace tidewaiter::test
