#include "tests/unit/ledger/documents/carnet/rule_cases.hpp"

namespace tidewaiter::test {

using carnet::CarnetStatus;
using carnet::Flag;
using carnet::Operation;

std::vector<RuleCase> document_cases() {
    return {
        {"CAR-01", "signature_is_bad", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.record = carnet::RecordCheck::Bad;
         }},
        {"CAR-01", "signer_is_unknown", kCannotTell,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.record = carnet::RecordCheck::UnknownSigner;
         }},
        {"CAR-01", "record_verifies", kSilent, at_london},

        {"CAR-02", "issuer_is_not_approved", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.issuing_association = "nobody";
         }},
        {"CAR-02", "issuer_is_approved_elsewhere_only", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.issuing_association = "lcci";
         }},
        {"CAR-02", "no_guarantor_of_the_chain_here", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.chain = 3;
         }},
        {"CAR-02", "guarantor_ended_yesterday", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.reference.associations.list[1].to = day("2026-03-02");
         }},
        {"CAR-02", "guarantor_ends_today", kSilent,
         [](CarnetWorld& w) {
             at_london(w);
             w.reference.associations.list[1].to = day("2026-03-03");
         }},
        {"CAR-02", "guarantor_starts_tomorrow", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.reference.associations.list[1].from = day("2026-03-04");
         }},
        {"CAR-02", "member_of_the_union_guarantees", kSilent,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "FRCQF", "2026-03-03T07:45+01:00", "1-4");
         }},
        {"CAR-02", "goods_have_to_leave", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.reference.associations.list[1].to = day("2026-03-05");
         }},
        {"CAR-02", "territory_is_unknown", kCannotTell,
         [](CarnetWorld& w) {
             w.exported().propose(Operation::Import, 1, "QQABC", "2026-03-03T07:45+00:00", "1-4");
         }},
        {"CAR-02", "no_guarantor_needed_at_home", kSilent,
         [](CarnetWorld& w) {
             back_home(w);
             w.carnet.head.cover.chain = 3;
         }},

        {"CAR-03", "not_in_the_copy", kCannotTell, [](CarnetWorld&) {}, Speaks::WithoutRecord},
        {"CAR-03", "in_the_copy", kSilent, at_london},

        {"CAR-05", "withdrawn", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.status = CarnetStatus::Withdrawn;
         }},
        {"CAR-05", "reported_lost", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.set(Flag::Lost, true);
         }},
        {"CAR-05", "returned_to_the_issuer", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.set(Flag::Returned, true);
         }},
        {"CAR-05", "lost_but_leaving", kDecide,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.carnet.head.set(Flag::Lost, true);
         }},
        {"CAR-05", "in_use", kSilent, at_london},

        {"CAR-06", "superseded", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.set(Flag::Superseded, true);
         }},
        {"CAR-06", "superseded_but_returning_home", kDecide,
         [](CarnetWorld& w) {
             back_home(w);
             w.carnet.head.status = CarnetStatus::Superseded;
         }},
        {"CAR-06", "nothing_took_its_place", kSilent, at_london},

        {"CAR-07", "export_before_validation", kDecide,
         [](CarnetWorld& w) { w.propose(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4"); }},
        {"CAR-07", "validated_later_than_now", kDecide,
         [](CarnetWorld& w) {
             w.stamp(Operation::Validate, 0, "USJFK", "2026-03-02T15:11-05:00", "");
             w.propose(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4");
         }},
        {"CAR-07", "validated_before", kSilent,
         [](CarnetWorld& w) {
             w.stamp(Operation::Validate, 0, "USJFK", "2026-03-02T14:55-05:00", "");
             w.propose(Operation::Export, 1, "USJFK", "2026-03-02T15:10-05:00", "1-4");
         }},

        {"CAR-08", "never_validated", kRefuse,
         [](CarnetWorld& w) { w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4"); }},
        {"CAR-08", "issuer_confirms", kDecide,
         [](CarnetWorld& w) {
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.proposal.issuer_confirms = true;
         }},
        {"CAR-08", "adopted_from_paper", kDecide,
         [](CarnetWorld& w) {
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.carnet.head.is_paper = true;
         }},
        {"CAR-08", "home_does_not_record", kDecide,
         [](CarnetWorld& w) {
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.reference.not_recording.list = {{"US", "", day("2026-02-20"), {}}};
         }},
        {"CAR-08", "home_recorded_since_before_the_issue", kRefuse,
         [](CarnetWorld& w) {
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.reference.not_recording.list = {{"US", "", day("2025-01-01"), day("2026-02-14")}};
         }},
        {"CAR-08", "another_territory_does_not_record", kRefuse,
         [](CarnetWorld& w) {
             w.propose(Operation::Import, 1, "GBLHR", "2026-03-03T07:45+00:00", "1-4");
             w.reference.not_recording.list = {{"GB", "", day("2026-02-20"), {}}};
         }},
        {"CAR-08", "validated", kSilent, at_london},

        {"CAR-11", "pieces_do_not_add_up", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.total_pieces = 14;
         }},
        {"CAR-11", "values_do_not_add_up", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.head.cover.total_value += 1;
         }},
        {"CAR-11", "a_page_is_missing", kDecide,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.list_is_complete = false;
         }},
        {"CAR-11", "all_adds_up", kSilent, at_london},

        {"CAR-12", "list_on_paper_altered", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.facts.list_is_altered = true;
         }},
        {"CAR-12", "digest_differs", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.carnet.list_matches = false;
         }},
        {"CAR-12", "digest_equal", kSilent, at_london},

        {"CAR-13", "item_not_listed", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.lines = lines("1-5");
         }},
        {"CAR-13", "more_pieces_than_listed", kRefuse,
         [](CarnetWorld& w) {
             at_london(w);
             w.proposal.lines = lines("2x5");
         }},
        {"CAR-13", "unlisted_item_declared_not_produced", kRefuse,
         [](CarnetWorld& w) {
             leaving_london(w);
             w.proposal.not_produced = lines("9");
         }},
        {"CAR-13", "all_listed", kSilent, at_london},
    };
}

} // namespace tidewaiter::test
