// SPDX-License-Identifier: GPL-3.0-or-later
// The words for each step of a decision. {address}, {who} and {number} stand for the step's values; how a number reads is the row's.
#include "engine/wire/decision.h"

#include "engine/wire/option_table.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>

namespace dorascope {

namespace {

/// What DecisionStep::number means for a code. further: a count that the clause after the semicolon is about; of none it is not said.
enum class Number : std::uint8_t { none, ago, span, seconds, option, prefix, count, further, type };

struct Row {
    StepCode code{};
    std::string_view name; ///< in JSON, so it stays what it is whatever the enumerator is called
    std::string_view title;
    std::string_view sentence;
    std::string_view clause;
    Number number = Number::none;
    bool rejected = false;
};

constexpr bool kRejected = true;
constexpr auto kCount = static_cast<std::size_t>(StepCode::count_);
using enum StepCode;
using enum Number;

constexpr std::array kRows{
    Row{malformed, "malformed", "Packet", "not a well-formed DHCP message: the fault is at octet {number}", "RFC 2131 §2", count,
        kRejected},
    Row{not_bootrequest, "not_bootrequest", "Packet", "op is {number}, and a server acts on BOOTREQUEST (1) alone", "RFC 2131 §2",
        count, kRejected},
    Row{no_message_type, "no_message_type", "Packet",
        "no DHCP message type (option 53): a plain BOOTP request, which this server does not serve", "RFC 1534 §2", none,
        kRejected},
    Row{unexpected_type, "unexpected_type", "Packet", "a {number} is nothing that a client sends to a server", "RFC 2131 §4.3",
        type, kRejected},
    Row{no_client_address, "no_client_address", "Client",
        "neither a hardware address nor a client identifier tells who is asking", "RFC 2131 §4.2", none, kRejected},

    Row{subnet_by_interface, "subnet_by_interface", "Subnet",
        "{address}/{number}: the packet arrived on this subnet's interface, and giaddr is 0", "RFC 2131 §4.3.1", prefix},
    Row{subnet_by_relay, "subnet_by_relay", "Subnet", "{address}/{number}: the relay's address (giaddr) lies in it",
        "RFC 2131 §4.3.1", prefix},
    Row{subnet_by_ciaddr, "subnet_by_ciaddr", "Subnet", "{address}/{number}: the client's own address (ciaddr) lies in it",
        "RFC 2131 §4.3.2", prefix},
    Row{no_subnet, "no_subnet", "Subnet", "no configured subnet contains {address}", "RFC 2131 §4.3.1", none, kRejected},

    Row{request_selecting, "request_selecting", "Request", "SELECTING: the client takes an offer and names the server it chose",
        "RFC 2131 §4.3.2"},
    Row{request_init_reboot, "request_init_reboot", "Request",
        "INIT-REBOOT: the client has restarted and asks whether {address} is still its own", "RFC 2131 §4.3.2"},
    Row{request_renewing, "request_renewing", "Request", "RENEWING: the client asks its server to extend the lease of {address}",
        "RFC 2131 §4.3.2"},
    Row{request_rebinding, "request_rebinding", "Request",
        "REBINDING: the client asks any server to extend the lease of {address}", "RFC 2131 §4.3.2"},
    Row{request_ambiguous, "request_ambiguous", "Request",
        "server identifier, requested address and ciaddr fit none of the four request states", "RFC 2131 §4.3.2", none,
        kRejected},
    Row{other_server_chosen, "other_server_chosen", "Server identifier", "the client chose another server, {address}",
        "RFC 2131 §4.3.2"},
    Row{server_id_ours, "server_id_ours", "Server identifier", "{address} is this server", "RFC 2131 §4.3.2"},

    Row{reservation_none, "reservation_none", "Reservation", "none for {who}", "RFC 2131 §4.3.1"},
    Row{reservation_found, "reservation_found", "Reservation", "{address} is reserved for {who}", "RFC 2131 §4.3.1"},
    Row{binding_none, "binding_none", "Current binding", "none", "RFC 2131 §4.3.1"},
    Row{binding_current, "binding_current", "Current binding", "{address} is this client's already", "RFC 2131 §4.3.1"},
    Row{binding_previous, "binding_previous", "Previous binding", "{address} was this client's last address", "RFC 2131 §4.3.1"},
    Row{requested_none, "requested_none", "Requested (option 50)", "not asked for", "RFC 2131 §4.3.1"},
    Row{requested_address, "requested_address", "Requested (option 50)", "the client asks for {address}", "RFC 2131 §4.3.1"},

    Row{candidate_chosen, "candidate_chosen", "Candidate", "{address} is free", "RFC 2131 §4.3.1"},
    Row{candidate_held_by_offer, "candidate_held_by_offer", "Candidate",
        "{address} is held by an offer to {who}, made {number} ago", "RFC 2131 §4.3.1", ago, kRejected},
    Row{candidate_leased, "candidate_leased", "Candidate", "{address} is leased to {who}", "RFC 2131 §4.3.1", none, kRejected},
    Row{candidate_reserved_for_other, "candidate_reserved_for_other", "Candidate", "{address} is reserved for {who}", "", none,
        kRejected},
    Row{candidate_excluded, "candidate_excluded", "Candidate", "{address} is excluded from the pool", "", none, kRejected},
    Row{candidate_outside_pool, "candidate_outside_pool", "Candidate", "{address} lies in no pool of this subnet",
        "RFC 2131 §4.3.1", none, kRejected},
    Row{candidate_outside_subnet, "candidate_outside_subnet", "Candidate",
        "{address} does not belong to the subnet the client is on", "RFC 2131 §4.3.1", none, kRejected},
    Row{candidate_quarantined, "candidate_quarantined", "Candidate", "{address} is in quarantine after a conflict",
        "RFC 2131 §4.3.3", none, kRejected},
    Row{candidate_is_server, "candidate_is_server", "Candidate", "{address} is this server's own address", "", none, kRejected},
    Row{candidate_reclaimed_expired, "candidate_reclaimed_expired", "Candidate",
        "{address} is taken back: {who} let its lease run out", "RFC 2131 §4.3.1"},
    Row{pool_exhausted, "pool_exhausted", "Pool",
        "no address is left: every one of the pool is leased, offered, reserved or in quarantine", "RFC 2131 §4.3.1", none,
        kRejected},

    Row{offer_made, "offer_made", "Verdict", "{address} is offered and held for this client for {number}", "RFC 2131 §4.3.1",
        span},
    Row{offer_repeated, "offer_repeated", "Verdict", "{address} is offered again: the client repeated its DHCPDISCOVER",
        "RFC 2131 §4.3.1"},
    Row{lease_granted, "lease_granted", "Verdict", "{address} is leased for {number}", "RFC 2131 §4.3.2", seconds},
    Row{lease_extended, "lease_extended", "Verdict", "the lease of {address} is extended to {number} from now", "RFC 2131 §4.3.2",
        seconds},
    Row{lease_repeated, "lease_repeated", "Verdict", "the client repeated its DHCPREQUEST: it gets the same answer, {address}",
        "RFC 2131 §4.3.2"},
    Row{nak_wrong_network, "nak_wrong_network", "Verdict", "refused: {address} does not belong to the network the client is on",
        "RFC 2131 §4.3.2", none, kRejected},
    Row{nak_other_address, "nak_other_address", "Verdict", "refused: this client's address is {address}, not the one it asks for",
        "RFC 2131 §4.3.2", none, kRejected},
    Row{nak_not_available, "nak_not_available", "Verdict", "refused: {address} cannot be given to this client", "RFC 2131 §4.3.2",
        none, kRejected},
    Row{nak_no_binding, "nak_no_binding", "Verdict",
        "refused: this server is authoritative and knows no lease of {address} to this client", "RFC 2131 §4.3.2", none,
        kRejected},
    Row{silent_unknown_client, "silent_unknown_client", "Verdict",
        "no answer: this server has no record of the client, and another one may", "RFC 2131 §4.3.2"},
    Row{silent_no_offer, "silent_no_offer", "Verdict",
        "no answer: {address} was not offered to this client, or the offer ran out", "RFC 2131 §4.3.2"},
    Row{offer_released, "offer_released", "Verdict", "{address} is free again: the client declined this server's offer",
        "RFC 2131 §4.3.2"},
    Row{inform_answered, "inform_answered", "Verdict",
        "parameters are sent to {address}; the address stays the client's own business, without a lease", "RFC 2131 §4.3.5"},
    Row{inform_no_ciaddr, "inform_no_ciaddr", "Verdict",
        "no answer: {address} (ciaddr) is no host's address, and so none to answer to", "RFC 2131 §4.4.3", none, kRejected},
    Row{declined, "declined", "Verdict", "the client found {address} in use by someone else: in quarantine for {number}",
        "RFC 2131 §4.3.3", seconds},
    Row{decline_mismatch, "decline_mismatch", "Verdict", "ignored: {address} is not this client's to decline", "RFC 2131 §4.3.3",
        none, kRejected},
    Row{released, "released", "Verdict", "the client gave {address} back", "RFC 2131 §4.3.4"},
    Row{release_mismatch, "release_mismatch", "Verdict", "ignored: {address} is not this client's to release", "RFC 2131 §4.3.4",
        none, kRejected},
    Row{lease_expired, "lease_expired", "Expiry", "the lease of {address} to {who} ran out", "RFC 2131 §4.3.1"},
    Row{offer_expired, "offer_expired", "Expiry", "the offer of {address} to {who} was not taken in time", "RFC 2131 §4.3.1"},
    Row{quarantine_over, "quarantine_over", "Expiry", "the quarantine of {address} is over: it may be given out again",
        "RFC 2131 §4.3.3"},

    Row{sent_to_relay, "sent_to_relay", "Sent to", "{address} port 67, the relay the message came through (giaddr)",
        "RFC 2131 §4.1"},
    Row{sent_to_ciaddr, "sent_to_ciaddr", "Sent to", "{address}, the address the client uses already (ciaddr)", "RFC 2131 §4.1"},
    Row{sent_broadcast_flag, "sent_broadcast_flag", "Sent to", "255.255.255.255, because the client set the broadcast flag",
        "RFC 2131 §4.1"},
    Row{sent_broadcast_nak, "sent_broadcast_nak", "Sent to", "255.255.255.255, as every DHCPNAK without a relay",
        "RFC 2131 §4.1"},
    Row{sent_to_yiaddr, "sent_to_yiaddr", "Sent to",
        "{address} in a frame to {who}, without ARP: the client cannot answer ARP yet", "RFC 2131 §4.1"},
    Row{sent_broadcast_no_mac, "sent_broadcast_no_mac", "Sent to",
        "255.255.255.255, because the client has no Ethernet address to send a frame to", "RFC 2131 §4.1"},
    Row{option_left_out, "option_left_out", "Option", "{number} is left out: it does not fit into the message", "RFC 2132 §9.10",
        option, kRejected},
    Row{lease_time_chosen, "lease_time_chosen", "Lease time", "{number}", "RFC 2131 §4.3.1", seconds},
    Row{storage_failed, "storage_failed", "Storage", "the lease of {address} could not be stored, so it is not acknowledged",
        "RFC 2131 §4.3.1", none, kRejected},
    Row{candidates_skipped, "candidates_skipped", "Candidates", "{number} more are leased, offered, reserved or in quarantine",
        "RFC 2131 §4.3.1", count, kRejected},
    Row{candidate_kept, "candidate_kept", "Candidate", "{address} was {who}'s: kept for its return while others are free",
        "RFC 2131 §4.3.1", none, kRejected},
    Row{offers_exhausted, "offers_exhausted", "Offers",
        "no answer: {number} offers are outstanding already, and no more are held at a time", "", count, kRejected},
    Row{client_id_too_long, "client_id_too_long", "Client",
        "the client identifier has {number} octets; more than 255 are not kept", "RFC 2132 §9.14", count, kRejected},

    Row{member_of_class, "member_of_class", "Class", "the client belongs to class {name}", ""},
    Row{denied_by_class, "denied_by_class", "Class", "no answer: clients of class {name} are denied", "", none, kRejected},
    Row{candidate_of_class, "candidate_of_class", "Candidate", "{address} is kept for clients of class {name}", "", none,
        kRejected},
    Row{subnet_by_link_selection, "subnet_by_link_selection", "Subnet",
        "{address}/{number}: the relay says that the client is there (82.5, link selection)", "RFC 3527 §3", prefix},
    Row{subnet_by_selection, "subnet_by_selection", "Subnet",
        "{address}/{number}: the message asks for an address there (118, subnet selection)", "RFC 3011 §2", prefix},
    Row{on_shared_network, "on_shared_network", "Shared network", "{name}: an address of any of its subnets will do",
        "RFC 2131 §4.3.1"},
    Row{subnet_full, "subnet_full", "Subnet", "{address}/{number} has no free address for this client", "RFC 2131 §4.3.1", prefix,
        kRejected},
    Row{server_id_override, "server_id_override", "Server identifier", "{address}: the relay stands in for this server (82.11)",
        "RFC 5107 §4"},
    Row{sent_to_relay_port, "sent_to_relay_port", "Sent to", "{address} port {number}, the port that the relay sent from (82.19)",
        "RFC 8357 §5", count},
    Row{rapid_commit, "rapid_commit", "Rapid commit", "the client takes {address} without asking again (80)", "RFC 4039 §3.1"},
    Row{bootp_client, "bootp_client", "Client", "a BOOTP client: it gets an address for ever, because it will never renew",
        "RFC 1534 §2"},
    Row{no_auto_configuration, "no_auto_configuration", "Auto-configuration",
        "no address, and the client is told not to choose one for itself (116)", "RFC 2563 §2"},
    Row{no_dns_updates, "no_dns_updates", "Client FQDN", "the client is told that this server updates no DNS (81)",
        "RFC 4702 §4"},
    Row{reconfigured, "reconfigured", "Order",
        "another configuration is in use; leases that lie outside its subnets and are kept aside: {number}", "", further},
    Row{lease_superseded, "lease_superseded", "Expiry",
        "the lease of {address} ends: {who} was given another address on the same link later", "RFC 2131 §4.3.1"},
    Row{order_released, "order_released", "Order", "{address} is taken from {who} by hand, and free for others", ""},
    Row{order_erased, "order_erased", "Order", "{address} is forgotten by hand, with all that was known of it", ""},
    Row{order_quarantine_cleared, "order_quarantine_cleared", "Order", "the quarantine of {address} is ended by hand", ""},
    Row{order_reserved, "order_reserved", "Order", "{address} is reserved by hand", ""},
    Row{order_unreserved, "order_unreserved", "Order", "the reservation of {address} is ended by hand", ""},

    Row{probe_by_arp, "probe_by_arp", "Probe",
        "{address} is asked for by ARP before it is offered: the answer to the client waits up to {number}", "RFC 2131 §2.2",
        span},
    Row{probe_by_echo, "probe_by_echo", "Probe",
        "{address} is sent an ICMP echo request before it is offered through the relay: the answer to the client waits up to "
        "{number}",
        "RFC 2131 §2.2", span},
    Row{probe_running, "probe_running", "Probe", "the client asks again while {address} is still asked for: one answer will come",
        "RFC 2131 §2.2"},
    Row{probe_unanswered, "probe_unanswered", "Probe", "nobody answered for {address} within {number}", "RFC 5227 §2.1.1", span},
    Row{probe_answered, "probe_answered", "Probe",
        "{who} answered for {address} after {number}: it is in use, and goes into quarantine", "RFC 5227 §2.1.1", span,
        kRejected},
    Row{probe_answered_by_client, "probe_answered_by_client", "Probe",
        "{who} answered for {address} itself after {number}: no conflict", "RFC 5227 §2.1.1", span},
    Row{probe_disbelieved, "probe_disbelieved", "Probe",
        "{who} answers for {address} as for {number} addresses before: proxy ARP, and no conflict", "RFC 1027", count},
    Row{probe_skipped, "probe_skipped", "Probe",
        "{address} is offered without a probe: {number} are under way, and no more are kept at a time", "RFC 2131 §2.2", count},
    Row{probe_given_up, "probe_given_up", "Probe", "the probe of {address} is given up: the client does not wait for it any more",
        "RFC 2131 §2.2"},

    Row{polite_waiting, "polite_waiting", "Other servers",
        "the answer waits {number}: this server is polite and lets another one go first", "", span},
    Row{polite_waited, "polite_waited", "Other servers", "nobody else has answered within {number}", "", span},
    Row{polite_other_answered, "polite_other_answered", "Other servers",
        "no answer: the server {address} answered after {number}, and the client is left to it", "RFC 2131 §3.1", span},
    Row{polite_full, "polite_full", "Other servers", "no answer: {number} clients wait already for another server to go first",
        "", count, kRejected},

    Row{client_rate_exceeded, "client_rate_exceeded", "Limit",
        "this client sends more than the {number} messages a second that are heard", "", count, kRejected},
    Row{total_rate_exceeded, "total_rate_exceeded", "Limit",
        "more than {number} messages a second come: those of clients without lease or reservation are left out", "", count,
        kRejected},
    Row{sender_offers_exhausted, "sender_offers_exhausted", "Limit",
        "no answer: {number} offers to clients of {who} are outstanding already", "", count, kRejected},
    Row{declines_exceeded, "declines_exceeded", "Limit",
        "free for others, not quarantined: {who} has sent {number} addresses into quarantine already; it gets this one no more",
        "RFC 2131 §4.3.3", count, kRejected},
    Row{candidate_found_in_use, "candidate_found_in_use", "Candidate", "this client has found {address} in use",
        "RFC 2131 §4.3.3", none, kRejected},
    Row{sender_grants_exhausted, "sender_grants_exhausted", "Limit",
        "clients of {who} have {number} leases that no offer went before, and get no more in that way", "", count, kRejected},
    Row{nak_no_offer, "nak_no_offer", "Verdict", "refused: {address} was not offered to this client, which has to ask anew",
        "RFC 2131 §3.1", none, kRejected},
    Row{probe_forged, "probe_forged", "Probe",
        "ignored: an answer for {address} in the name of {who}, but not from its link address", "RFC 5227 §2.1.1", none,
        kRejected},
    Row{probe_conflicts_exceeded, "probe_conflicts_exceeded", "Probe",
        "{who} answers for {address}, as others for {number} addresses of this subnet before: no longer believed, the client "
        "checks it",
        "RFC 2131 §4.4.1", count},
    Row{sender_leases_exhausted, "sender_leases_exhausted", "Limit",
        "{who} has {number} leases for clients of other names than its own already, and gets no more", "", count, kRejected},
    Row{circuit_leases_exhausted, "circuit_leases_exhausted", "Limit",
        "the circuit that the relay names (82.1) has {number} leases already, and gets no more", "RFC 3046 §3.1", count,
        kRejected},
    Row{nak_leases_exhausted, "nak_leases_exhausted", "Verdict",
        "refused: {address} would be one lease too many for where the client is", "RFC 2131 §3.1", none, kRejected},
    Row{sent_broadcast_no_address, "sent_broadcast_no_address", "Sent to",
        "255.255.255.255, because the client is offered no address to send to", "RFC 1122 §3.2.1.3"},
    Row{relay_no_host, "relay_no_host", "Relay",
        "{address} (giaddr) is no host's address: no relay has it, and nothing is sent there", "RFC 1542 §4.1.1", none,
        kRejected},
    Row{candidate_of_same_card, "candidate_of_same_card", "Candidate",
        "{address} is reserved for this card, and held by {who} under another identifier", "RFC 2131 §4.3.1"},
    Row{claim_passed_on, "claim_passed_on", "Reservation",
        "what another client of {who} had of {address} ends: the reservation is the card's", "RFC 2131 §4.3.1"},
    Row{change_not_stored, "change_not_stored", "Storage",
        "{address} stays as it was, because what was to change could not be stored", "", none, kRejected},
};

constexpr bool covers_every_code()
{
    if (kRows.size() != kCount) return false;
    for (std::size_t i = 0; i < kRows.size(); ++i) {
        if (kRows[i].code != static_cast<StepCode>(i) || kRows[i].name.empty() || kRows[i].title.empty()
            || kRows[i].sentence.empty())
            return false;
    }
    return true;
}
static_assert(covers_every_code(), "one row for each StepCode, in the order of the enumeration");

/// A span of time to the first unit that says enough: "850 µs", "1 ms", "2.4 s", "3 min".
std::string short_span(std::int64_t nanoseconds)
{
    if (nanoseconds < 0) nanoseconds = 0;
    if (nanoseconds < 1'000) return fmt::format("{} ns", nanoseconds);
    if (nanoseconds < 1'000'000) return fmt::format("{} µs", nanoseconds / 1'000);
    if (nanoseconds < 1'000'000'000) return fmt::format("{} ms", nanoseconds / 1'000'000);
    if (nanoseconds < 10'000'000'000) return fmt::format("{:.1f} s", static_cast<double>(nanoseconds) / 1e9);
    return wire::duration_text(static_cast<std::uint32_t>(std::min<std::int64_t>(nanoseconds / 1'000'000'000, 0xfffffffe)));
}

std::string number_text(Number meaning, std::int64_t n)
{
    switch (meaning) {
    case ago:
    case span: return short_span(n);
    case seconds:
        if (n < 0 || n >= std::int64_t{kInfiniteSeconds}) return "an infinite time";
        return wire::duration_text(static_cast<std::uint32_t>(n));
    case option: {
        const auto code = static_cast<std::uint8_t>(n);
        return fmt::format("option {} ({})", code, wire::option_info(code).name);
    }
    case type: return std::string{rfc_name(static_cast<MessageType>(n))};
    case prefix:
    case count:
    case further:
    case none: break;
    }
    return std::to_string(n);
}

std::string who_text(const HardwareAddress& who) { return who.length == 0 ? "another client" : who.to_string(); }

/// A configuration's text may hold anything.
std::string name_text(const StepName& name)
{
    return fmt::format("\"{}\"", wire::printable(std::as_bytes(std::span{name.view()})));
}

std::string fill(const Row& row, const DecisionStep& step)
{
    std::string text;
    std::string_view rest = row.sentence;
    if (row.number == further && step.number == 0) rest = rest.substr(0, rest.find(';'));
    for (auto brace = rest.find('{'); brace != std::string_view::npos; brace = rest.find('{')) {
        const auto close = rest.find('}', brace);
        const auto name = rest.substr(brace + 1, close - brace - 1);
        text += rest.substr(0, brace);
        if (name == "address") {
            text += step.address.to_string();
        } else if (name == "who") {
            text += who_text(step.who);
        } else if (name == "name") {
            text += name_text(step.name);
        } else {
            text += number_text(row.number, step.number);
        }
        rest.remove_prefix(close + 1);
    }
    return text += rest;
}

/// Said after the verdict of a packet that is answered, or beside it: how the reply travels, and what is in it.
constexpr bool follows_verdict(StepCode code)
{
    constexpr std::array kLater{lease_time_chosen, sent_to_relay_port, sent_broadcast_no_address, no_dns_updates};
    return (code >= sent_to_relay && code <= option_left_out) || std::ranges::find(kLater, code) != kLater.end();
}

/// The last step says what it came to; how the reply travels is no reason.
std::string reason(const Decision& decision)
{
    return decision.steps.empty() ? std::string{"no reason recorded"} : explain(decision.steps.back()).text;
}

/// RFC 951: a BOOTP client's answer has no type.
std::string_view reply_text(const Decision& decision)
{
    return decision.reply == MessageType::none ? "BOOTREPLY" : rfc_name(decision.reply);
}

std::string received_text(const Decision& decision)
{
    return decision.received == MessageType::none ? std::string{"packet"} : std::string{rfc_name(decision.received)};
}

} // namespace

std::string_view name_of(StepCode code)
{
    const auto i = static_cast<std::size_t>(code);
    return i < kRows.size() ? kRows[i].name : "unknown";
}

Explanation explain(const DecisionStep& step)
{
    const auto i = static_cast<std::size_t>(step.code);
    if (i >= kRows.size()) return {"Unknown step", fmt::format("step {} is not known to this version", i), "", false};
    const Row& row = kRows[i];
    return {row.title, fill(row, step), row.clause, row.rejected};
}

bool rests_on_storage(const Decision& decision)
{
    static constexpr std::array kChanges{
        StepCode::released,       StepCode::declined,     StepCode::declines_exceeded,       StepCode::probe_answered,
        StepCode::order_released, StepCode::order_erased, StepCode::order_quarantine_cleared};
    if (decision.outcome == Outcome::replied) return decision.reply != MessageType::offer;
    return decision.outcome == Outcome::recorded && std::ranges::find(kChanges, verdict(decision)) != kChanges.end();
}

StepCode verdict(const Decision& decision)
{
    const auto& steps = decision.steps;
    const auto last = std::find_if(steps.rbegin(), steps.rend(), [](const DecisionStep& s) { return !follows_verdict(s.code); });
    return last == steps.rend() ? malformed : last->code;
}

std::string summary(const Decision& decision)
{
    const std::string client = who_text(decision.chaddr);
    switch (decision.outcome) {
    case Outcome::replied:
        if (decision.address.is_unspecified()) return fmt::format("{} to {}", reply_text(decision), client);
        return fmt::format("{} {} to {}", reply_text(decision), decision.address.to_string(), client);
    case Outcome::recorded:
        if (decision.received == MessageType::none) return reason(decision);
        return fmt::format("{} from {}: {}", received_text(decision), client, reason(decision));
    case Outcome::silent: return fmt::format("{} from {} not answered: {}", received_text(decision), client, reason(decision));
    case Outcome::dropped: break;
    }
    return fmt::format("{} from {} dropped: {}", received_text(decision), client, reason(decision));
}

} // namespace dorascope
