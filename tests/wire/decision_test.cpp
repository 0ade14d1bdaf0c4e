// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/wire/decision.h"

#include <gtest/gtest.h>

namespace dorascope {
namespace {

const auto kLaptop = HardwareAddress::of(MacAddress{{0x3c, 0x22, 0xfb, 0x0a, 0x01, 0x02}});
const auto kPhone = HardwareAddress::of(MacAddress{{0x8c, 0x79, 0xf5, 0x11, 0x02, 0x5e}});
const auto kHundred = Ipv4Address::from_octets(192, 168, 1, 100);

std::string text(DecisionStep step) { return explain(step).text; }

TEST(Explain, ACandidateHeldByAnOffer)
{
    const auto e = explain({StepCode::candidate_held_by_offer, kHundred, 1'000'000, kLaptop});
    EXPECT_EQ(e.title, "Candidate");
    EXPECT_EQ(e.text, "192.168.1.100 is held by an offer to 3c:22:fb:0a:01:02, made 1 ms ago");
    EXPECT_EQ(e.clause, "RFC 2131 §4.3.1");
    EXPECT_TRUE(e.rejected);
}

TEST(Explain, NumbersInTheUnitsTheyMean)
{
    const auto held = [](std::int64_t ns) { return text({StepCode::candidate_held_by_offer, kHundred, ns, kLaptop}); };
    EXPECT_TRUE(held(850'000).ends_with("made 850 µs ago"));
    EXPECT_TRUE(held(2'400'000'000).ends_with("made 2.4 s ago"));
    EXPECT_TRUE(held(90'000'000'000).ends_with("made 1 min 30 s ago"));
    EXPECT_TRUE(held(-5).ends_with("made 0 ns ago"));
    EXPECT_EQ(text({StepCode::lease_granted, kHundred, 3600, {}}), "192.168.1.100 is leased for 1 h");
    EXPECT_EQ(text({StepCode::lease_granted, kHundred, 0xffffffffLL, {}}), "192.168.1.100 is leased for an infinite time");
    EXPECT_EQ(text({StepCode::option_left_out, {}, 119, {}}),
              "option 119 (Domain Search) is left out: it does not fit into the message");
    EXPECT_TRUE(
        text({StepCode::subnet_by_interface, Ipv4Address::from_octets(192, 168, 1, 0), 24, {}}).starts_with("192.168.1.0/24: "));
}

TEST(Explain, ANameOutOfTheConfigurationIsQuotedAndSafeToShow)
{
    DecisionStep step{StepCode::denied_by_class, {}, 0, {}};
    step.name = StepName{"phones"};
    EXPECT_EQ(text(step), "no answer: clients of class \"phones\" are denied");
    step.name = StepName{"a\x1b[31m"};
    EXPECT_EQ(text(step), "no answer: clients of class \"a\\x1b[31m\" are denied");
    step.name = StepName{"a name that is longer than a step can carry"};
    EXPECT_EQ(step.name.view(), "a name that is longer t");
}

TEST(Explain, WhatARelaySays)
{
    EXPECT_EQ(text({StepCode::subnet_by_link_selection, Ipv4Address::from_octets(10, 0, 0, 0), 24, {}}),
              "10.0.0.0/24: the relay says that the client is there (82.5, link selection)");
    EXPECT_EQ(text({StepCode::sent_to_relay_port, kHundred, 5000, {}}),
              "192.168.1.100 port 5000, the port that the relay sent from (82.19)");
    EXPECT_EQ(explain({StepCode::server_id_override, kHundred, 0, {}}).clause, "RFC 5107 §4");
}

TEST(Explain, AnotherConfigurationSaysHowManyLeasesItLeavesOutAndNothingOfNone)
{
    EXPECT_EQ(text({StepCode::reconfigured, {}, 0, {}}), "another configuration is in use");
    EXPECT_EQ(text({StepCode::reconfigured, {}, 2, {}}),
              "another configuration is in use; leases that lie outside its subnets and are kept aside: 2");
}

TEST(Summary, ABootpReplyHasNoTypeToName) // RFC 951
{
    Decision decision;
    decision.outcome = Outcome::replied;
    decision.chaddr = kPhone;
    decision.address = kHundred;
    EXPECT_EQ(summary(decision), "BOOTREPLY 192.168.1.100 to 8c:79:f5:11:02:5e");
}

TEST(Explain, AnUnknownClientIsAnother)
{
    EXPECT_EQ(text({StepCode::candidate_leased, kHundred, 0, {}}), "192.168.1.100 is leased to another client");
}

TEST(Explain, EveryStepHasTitleAndSentenceWithoutGaps)
{
    for (unsigned code = 0; code < static_cast<unsigned>(StepCode::count_); ++code) {
        const auto e = explain({static_cast<StepCode>(code), kHundred, 7, kLaptop});
        EXPECT_FALSE(e.title.empty()) << code;
        EXPECT_FALSE(e.text.empty()) << code;
        EXPECT_EQ(e.text.find_first_of("{}"), std::string::npos) << e.text;
        EXPECT_TRUE(e.clause.empty() || e.clause.starts_with("RFC ")) << e.clause;
    }
    EXPECT_FALSE(explain({StepCode::count_, {}, 0, {}}).text.empty());
}

// Programs that read JSON tell reasons apart by these: a word may be added, and none may change.
TEST(StepNames, AreTheWordsThatProgramsRelyOn)
{
    constexpr std::string_view kNames[] = {
        "malformed",
        "not_bootrequest",
        "no_message_type",
        "unexpected_type",
        "no_client_address",
        "subnet_by_interface",
        "subnet_by_relay",
        "subnet_by_ciaddr",
        "no_subnet",
        "request_selecting",
        "request_init_reboot",
        "request_renewing",
        "request_rebinding",
        "request_ambiguous",
        "other_server_chosen",
        "server_id_ours",
        "reservation_none",
        "reservation_found",
        "binding_none",
        "binding_current",
        "binding_previous",
        "requested_none",
        "requested_address",
        "candidate_chosen",
        "candidate_held_by_offer",
        "candidate_leased",
        "candidate_reserved_for_other",
        "candidate_excluded",
        "candidate_outside_pool",
        "candidate_outside_subnet",
        "candidate_quarantined",
        "candidate_is_server",
        "candidate_reclaimed_expired",
        "pool_exhausted",
        "offer_made",
        "offer_repeated",
        "lease_granted",
        "lease_extended",
        "lease_repeated",
        "nak_wrong_network",
        "nak_other_address",
        "nak_not_available",
        "nak_no_binding",
        "silent_unknown_client",
        "silent_no_offer",
        "offer_released",
        "inform_answered",
        "inform_no_ciaddr",
        "declined",
        "decline_mismatch",
        "released",
        "release_mismatch",
        "lease_expired",
        "offer_expired",
        "quarantine_over",
        "sent_to_relay",
        "sent_to_ciaddr",
        "sent_broadcast_flag",
        "sent_broadcast_nak",
        "sent_to_yiaddr",
        "sent_broadcast_no_mac",
        "option_left_out",
        "lease_time_chosen",
        "storage_failed",
        "candidates_skipped",
        "candidate_kept",
        "offers_exhausted",
        "client_id_too_long",
        "member_of_class",
        "denied_by_class",
        "candidate_of_class",
        "subnet_by_link_selection",
        "subnet_by_selection",
        "on_shared_network",
        "subnet_full",
        "server_id_override",
        "sent_to_relay_port",
        "rapid_commit",
        "bootp_client",
        "no_auto_configuration",
        "no_dns_updates",
        "reconfigured",
        "lease_superseded",
        "order_released",
        "order_erased",
        "order_quarantine_cleared",
        "order_reserved",
        "order_unreserved",
        "probe_by_arp",
        "probe_by_echo",
        "probe_running",
        "probe_unanswered",
        "probe_answered",
        "probe_answered_by_client",
        "probe_disbelieved",
        "probe_skipped",
        "probe_given_up",
        "polite_waiting",
        "polite_waited",
        "polite_other_answered",
        "polite_full",
        "client_rate_exceeded",
        "total_rate_exceeded",
        "sender_offers_exhausted",
        "declines_exceeded",
        "candidate_found_in_use",
        "sender_grants_exhausted",
        "nak_no_offer",
        "probe_forged",
        "probe_conflicts_exceeded",
        "sender_leases_exhausted",
        "circuit_leases_exhausted",
        "nak_leases_exhausted",
        "sent_broadcast_no_address",
        "relay_no_host",
        "candidate_of_same_card",
        "claim_passed_on",
        "change_not_stored",
    };
    ASSERT_EQ(std::size(kNames), static_cast<std::size_t>(StepCode::count_));
    for (std::size_t i = 0; i < std::size(kNames); ++i)
        EXPECT_EQ(name_of(static_cast<StepCode>(i)), kNames[i]);
    EXPECT_EQ(name_of(StepCode::count_), "unknown");
}

Decision decision(Outcome outcome, MessageType received, MessageType reply = MessageType::none)
{
    Decision d;
    d.outcome = outcome;
    d.received = received;
    d.reply = reply;
    d.chaddr = kPhone;
    return d;
}

TEST(Summary, IsOneSentence)
{
    auto offer = decision(Outcome::replied, MessageType::discover, MessageType::offer);
    offer.address = Ipv4Address::from_octets(192, 168, 1, 101);
    EXPECT_EQ(summary(offer), "DHCPOFFER 192.168.1.101 to 8c:79:f5:11:02:5e");
    EXPECT_EQ(summary(decision(Outcome::replied, MessageType::request, MessageType::nak)), "DHCPNAK to 8c:79:f5:11:02:5e");

    auto silent = decision(Outcome::silent, MessageType::request);
    silent.steps.push_back({StepCode::other_server_chosen, kHundred, 0, {}});
    EXPECT_EQ(summary(silent), "DHCPREQUEST from 8c:79:f5:11:02:5e not answered: the client chose another server, 192.168.1.100");

    auto expiry = decision(Outcome::recorded, MessageType::none);
    expiry.steps.push_back({StepCode::lease_expired, kHundred, 0, kPhone});
    EXPECT_EQ(summary(expiry), "the lease of 192.168.1.100 to 8c:79:f5:11:02:5e ran out");

    auto dropped = decision(Outcome::dropped, MessageType::none);
    dropped.chaddr = {};
    dropped.steps.push_back({StepCode::malformed, {}, 236, {}});
    EXPECT_EQ(summary(dropped), "packet from another client dropped: not a well-formed DHCP message: the fault is at octet 236");
    EXPECT_EQ(summary(decision(Outcome::dropped, MessageType::discover)),
              "DHCPDISCOVER from 8c:79:f5:11:02:5e dropped: no reason recorded");
}

} // namespace
} // namespace dorascope
