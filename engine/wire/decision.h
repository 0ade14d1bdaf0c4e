// SPDX-License-Identifier: GPL-3.0-or-later
// Why a server did what it did with one packet: the steps it considered, as small values. Travels beside the frames,
// so it lives where both the engine and the observers stand. Turning steps into sentences is explain(), off the serving path.
#pragma once

#include "engine/wire/address.h"
#include "engine/wire/instant.h"
#include "engine/wire/message_type.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dorascope {

/// What became of a received packet, or of a deadline that passed.
enum class Outcome : std::uint8_t {
    replied, ///< `reply` was sent
    silent, ///< understood; the RFC or the configuration says not to answer
    recorded, ///< DECLINE, RELEASE, expiry: state changed, nothing is answered
    dropped, ///< not a packet this server may act on (malformed, not for us)
};

/// Every step a server can report. One row each in the table of decision.cpp: name, title, sentence, clause. To add one is to add a row.
enum class StepCode : std::uint16_t {
    // dropped
    malformed,
    not_bootrequest,
    no_message_type,
    unexpected_type,
    no_client_address,
    // subnet selection
    subnet_by_interface,
    subnet_by_relay,
    subnet_by_ciaddr,
    no_subnet,
    // what the client is
    request_selecting,
    request_init_reboot,
    request_renewing,
    request_rebinding,
    request_ambiguous,
    other_server_chosen,
    server_id_ours,
    // where an address can come from (RFC 2131 §4.3.1), in order
    reservation_none,
    reservation_found,
    binding_none,
    binding_current,
    binding_previous,
    requested_none,
    requested_address,
    // candidates and why not
    candidate_chosen,
    candidate_held_by_offer,
    candidate_leased,
    candidate_reserved_for_other,
    candidate_excluded,
    candidate_outside_pool,
    candidate_outside_subnet,
    candidate_quarantined,
    candidate_is_server,
    candidate_reclaimed_expired,
    pool_exhausted,
    // verdicts
    offer_made,
    offer_repeated,
    lease_granted,
    lease_extended,
    lease_repeated,
    nak_wrong_network,
    nak_other_address,
    nak_not_available,
    nak_no_binding,
    silent_unknown_client,
    silent_no_offer,
    offer_released,
    inform_answered,
    inform_no_ciaddr,
    declined,
    decline_mismatch,
    released,
    release_mismatch,
    lease_expired,
    offer_expired,
    quarantine_over,
    // how the reply goes out (RFC 2131 §4.1)
    sent_to_relay,
    sent_to_ciaddr,
    sent_broadcast_flag,
    sent_broadcast_nak,
    sent_to_yiaddr,
    sent_broadcast_no_mac,
    option_left_out,
    lease_time_chosen,
    storage_failed,
    // bounds on what the network can grow, and lists cut short
    candidates_skipped,
    candidate_kept,
    offers_exhausted,
    client_id_too_long,
    // what the configuration has for clients that are alike
    member_of_class,
    denied_by_class,
    candidate_of_class,
    // what a relay, or the client, says about where it is
    subnet_by_link_selection,
    subnet_by_selection,
    on_shared_network,
    subnet_full,
    server_id_override,
    sent_to_relay_port,
    // kinds of clients and of answers besides DISCOVER, OFFER, REQUEST, ACK
    rapid_commit,
    bootp_client,
    no_auto_configuration,
    no_dns_updates,
    // what a person ordered
    reconfigured,
    lease_superseded,
    order_released,
    order_erased,
    order_quarantine_cleared,
    order_reserved,
    order_unreserved,
    // is an address in use? (RFC 2131 §2.2, RFC 5227)
    probe_by_arp,
    probe_by_echo,
    probe_running,
    probe_unanswered,
    probe_answered,
    probe_answered_by_client,
    probe_disbelieved,
    probe_skipped,
    probe_given_up,
    // leaving a client to another server
    polite_waiting,
    polite_waited,
    polite_other_answered,
    polite_full,
    // limits
    client_rate_exceeded,
    total_rate_exceeded,
    sender_offers_exhausted,
    declines_exceeded,
    candidate_found_in_use,
    sender_grants_exhausted,
    nak_no_offer,
    probe_forged,
    probe_conflicts_exceeded,
    sender_leases_exhausted,
    circuit_leases_exhausted,
    nak_leases_exhausted,
    sent_broadcast_no_address,
    relay_no_host,
    candidate_of_same_card,
    claim_passed_on,
    change_not_stored,
    count_
};

/// A name out of the configuration, cut to what fits: steps are plain values and outlive the configuration.
class StepName {
public:
    StepName() = default;
    StepName(std::string_view name) : size_{static_cast<std::uint8_t>(std::min(name.size(), text_.size()))}
    {
        std::copy_n(name.begin(), size_, text_.begin());
    }
    std::string_view view() const { return {text_.data(), size_}; }

private:
    std::uint8_t size_ = 0;
    std::array<char, 23> text_{};
};

struct DecisionStep {
    StepCode code{};
    Ipv4Address address; ///< the candidate, network or destination concerned
    std::int64_t number = 0; ///< meaning by code: nanoseconds ago, seconds, an option code, a prefix length
    HardwareAddress who; ///< the other client concerned, where there is one
    StepName name{}; ///< of a class or a shared network
};

struct Decision {
    Instant at{};
    std::uint32_t xid = 0;
    HardwareAddress chaddr;
    MessageType received = MessageType::none; ///< none for deadlines and for what could not be read
    MessageType reply = MessageType::none;
    Outcome outcome = Outcome::dropped;
    Ipv4Address server; ///< server identifier used
    Ipv4Address address; ///< yiaddr, or the address concerned
    std::vector<DecisionStep> steps;
};

/// The word that stands for a step in JSON: "pool_exhausted". "unknown" for what is no code.
std::string_view name_of(StepCode code);

/// A step in words.
struct Explanation {
    std::string_view title; ///< "Candidate .100" is title "Candidate" with the address in text
    std::string text; ///< "192.168.1.100 is held by an offer to 3c:22:fb:0a:01:02, made 1 ms ago"
    std::string_view clause; ///< "RFC 2131 §4.3.1"; empty where local policy decides
    bool rejected = false; ///< a candidate refused
};
Explanation explain(const DecisionStep& step);
/// Is it a promise, or a change, that holds only once it is stored?
bool rests_on_storage(const Decision& decision);
/// The step that says what it came to: what a tally of outcomes goes by. Malformed where a decision has no step.
StepCode verdict(const Decision& decision);
/// One sentence for a log line: "DHCPOFFER 192.168.1.101 to 8c:79:f5:11:02:5e".
std::string summary(const Decision& decision);

} // namespace dorascope
