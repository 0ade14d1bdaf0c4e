// SPDX-License-Identifier: GPL-3.0-or-later
// Answers that wait. RFC 2131 §2.2: a server SHOULD probe an address before it allocates it; RFC 5227 says how. And a polite server answers
// only a client whom nobody else has answered. Either way the message is kept (a DHCPDISCOVER, or whatever takes an address without one), the
// address held, and the message read again later.
#include "engine/server/deadline.h"
#include "engine/server/server_state.h"

#include <algorithm>
#include <utility>

namespace dorascope::server {

namespace {

/// So many addresses in use one after the other are no chance: whoever answers for them all ends the search.
constexpr std::uint32_t kMostConflicts = 16;
/// RFC 1027: a proxy ARP router answers for every address. It must not send a whole pool into quarantine.
constexpr std::uint32_t kMostAddressesOfOneMachine = 32;
/// Conflicts that are believed in a subnet: a laptop's server that comes upon a LAN of static addresses finds no more in that time.
constexpr std::uint32_t kMostConflictsAMinute = 64;

constexpr Duration kShortest = std::chrono::milliseconds{1};

} // namespace

// ---- beginning to wait ---------------------------------------------------------------------------------------------------------

/// A client that holds an address, or held it last, answers for it itself. Whoever else is offered it for the first time.
bool DhcpServer::State::needs_probe(const Packet& packet, Ipv4Address address)
{
    if (!config.probe.enabled) return false;
    if (packet.waited != nullptr && packet.waited->proven && packet.waited->address == address) return false;
    const Binding* b = bindings.find(address);
    return b == nullptr || !b->is_of(packet.client) || (b->offered() && b->probing);
}

Duration DhcpServer::State::longest_wait() const
{
    const Duration probes = config.probe.enabled ? probe_timeout() * config.probe.count : Duration::zero();
    return std::max(probes, config.authority == Authority::polite ? config.polite_delay : Duration::zero());
}

Duration DhcpServer::State::probe_timeout() const { return std::max(config.probe.timeout, kShortest); }

/// A retransmission while the first message waits changes nothing but what is answered in the end.
bool DhcpServer::State::is_waiting_already(Packet& packet)
{
    if (packet.waited != nullptr) return false;
    Waiting* w = waiting.find(packet.client);
    if (w == nullptr) return false;
    // Another link than before, or a clock that was set back: begin again.
    if (w->giaddr != packet.request.giaddr || w->inbound.local != packet.inbound.local || w->since > packet.now) {
        waiting.remove(*w);
        return false;
    }
    // After a DHCPREQUEST, for which nobody else was waited: the client has not chosen after all.
    if (w->type == MessageType::request) w->polite_until = others_may_answer_until(packet);
    waiting.replace(*w, packet.request, packet.inbound);
    const Duration left = std::max(Duration::zero(), w->polite_until - packet.now);
    if (w->probing) {
        packet.trace.end(Outcome::recorded, StepCode::probe_running, w->address);
    } else {
        packet.trace.end(Outcome::recorded, StepCode::polite_waiting, w->address, left.count());
    }
    return true;
}

/// A DHCPREQUEST for the very address that is asked for: it is answered in place of the DHCPDISCOVER, when the probe is over.
bool DhcpServer::State::joins_running_probe(Packet& packet, Ipv4Address address)
{
    Waiting* w = packet.waited == nullptr ? waiting.find(packet.client) : nullptr;
    const bool joins = w != nullptr && w->probing && w->address == address && w->since <= packet.now && is_held_for(*w);
    if (!joins || w->giaddr != packet.request.giaddr || w->inbound.local != packet.inbound.local) return false;
    waiting.replace(*w, packet.request, packet.inbound);
    w->polite_until = w->since; // the client has chosen: other servers are not waited for
    packet.trace.end(Outcome::recorded, StepCode::probe_running, address);
    return true;
}

/// A polite server that cannot wait does not answer at all.
bool DhcpServer::State::nobody_else_can_be_waited_for(Packet& packet, const Ask& ask)
{
    const bool has_to_wait = packet.waited == nullptr && config.authority == Authority::polite;
    if (!has_to_wait || waiting.has_room(packet.inbound.payload.size(), ask.known())) return false;
    packet.trace.end(Outcome::silent, StepCode::polite_full, {}, static_cast<std::int64_t>(waiting.size()));
    return true;
}

Instant DhcpServer::State::others_may_answer_until(const Packet& packet) const
{
    if (packet.waited != nullptr) return packet.waited->polite_until;
    const bool polite = config.authority == Authority::polite && packet.request.type() != MessageType::request;
    return polite ? deadline_after(packet.now, config.polite_delay) : packet.now;
}

/// For as long as the answer waits, and from then on as long as an offer is.
Hold DhcpServer::State::hold_for(const Packet& packet, bool waits, bool probing) const
{
    const Account account = account_of(packet);
    const Duration answered_in = waits ? longest_wait() : Duration::zero();
    return {deadline_after(deadline_after(packet.now, answered_in), config.offer_hold), account.counts() ? account.tag : 0,
            probing};
}

/// True: the answer comes later, by answer_waiting().
bool DhcpServer::State::wait_before_answering(Packet& packet, bool known, Ipv4Address address, bool unproven)
{
    const Instant polite_until = others_may_answer_until(packet);
    const bool polite = polite_until > packet.now;
    if (!polite && !unproven) return false;
    if (!waiting.has_room(packet.inbound.payload.size(), known)) {
        packet.trace.step(StepCode::probe_skipped, address, static_cast<std::int64_t>(waiting.size()));
        return false;
    }
    Waiting& w =
        waiting.add(packet.client, known, packet.request, packet.inbound, packet.waited ? packet.waited->since : packet.now);
    w.address = address;
    w.polite_until = polite_until;
    if (packet.waited != nullptr) w.conflicts = packet.waited->conflicts;
    if (polite) packet.trace.end(Outcome::recorded, StepCode::polite_waiting, address, (polite_until - packet.now).count());
    if (!unproven) {
        waiting.schedule(w, w.polite_until);
        return true;
    }
    using enum ProbeRequest::Method;
    const auto method = is_on_link(packet) ? arp : icmp_echo;
    waiting.begin_probe(w, {method, packet.inbound.interface, address, packet.inbound.local}, config.probe.count, packet.now);
    const auto step = method == arp ? StepCode::probe_by_arp : StepCode::probe_by_echo;
    packet.trace.end(Outcome::recorded, step, address, (probe_timeout() * config.probe.count).count());
    ask_whether_used(packet.now, w, packet.out);
    return true;
}

/// For who is not to be told of an offer meanwhile. True: the answer comes later.
bool DhcpServer::State::holds_while_waiting(Packet& packet, const Ask& ask, Ipv4Address address, bool unproven)
{
    const bool known = ask.known(); // before what it holds changes
    if (ask.held.offered != nullptr && ask.held.offered->address != address)
        bindings.withdraw_offer(*ask.held.offered, packet.out);
    end_claim_of_same_card(packet, ask, address);
    if (!wait_before_answering(packet, known, address, unproven)) return false;
    bindings.offer(packet.client, *packet.subnet, address, packet.now, hold_for(packet, true, unproven), packet.out);
    return true;
}

void DhcpServer::State::ask_whether_used(Instant now, Waiting& w, Outbox& out)
{
    --w.probes_left;
    OutboxAccess::storage(out).probes.add() = w.probe;
    waiting.schedule(w, deadline_after(now, probe_timeout()));
}

// ---- what comes of it ----------------------------------------------------------------------------------------------------------

/// Time came for one that waits.
void DhcpServer::State::go_on(Instant now, Waiting& w, Outbox& out)
{
    const bool held = is_held_for(w);
    if (held && w.probing && w.probes_left > 0) return ask_whether_used(now, w, out);
    // What a probe has found is worth nothing where somebody else can have had the address since.
    w.proven = held && (w.proven || w.probing);
    if (now < w.polite_until) {
        // The probe is over. The record stays so that the other servers have their time.
        waiting.end_probe(w);
        return waiting.schedule(w, w.polite_until);
    }
    answer_waiting(now, end_waiting(w), {}, out);
}

/// Time that went by in one leap, or a person, can have taken the address away meanwhile.
bool DhcpServer::State::is_held_for(const Waiting& w) const
{
    const Binding* b = std::as_const(bindings).find(w.address);
    if (b == nullptr || !b->offered()) return false;
    const HardwareKey scratch{b->hardware};
    return b->key(scratch) == w.client_key();
}

/// Takes the record away; its message goes where it can be read while another record is made.
Waited DhcpServer::State::end_waiting(Waiting& w)
{
    again.assign(w.payload.begin(), w.payload.end());
    Waited waited{.inbound = w.inbound,
                  .address = w.address,
                  .proven = w.proven,
                  .asked = w.asked,
                  .since = w.since,
                  .polite_until = w.polite_until,
                  .conflicts = w.conflicts};
    waited.inbound.payload = again;
    waiting.remove(w);
    return waited;
}

/// The DHCPDISCOVER is read once more: leases, configuration and the rest of the world may have changed since.
void DhcpServer::State::answer_waiting(Instant now, const Waited& waited, const DecisionStep& first, Outbox& out)
{
    Decision& decision = begin_decision(now, out);
    decision.server = waited.inbound.local;
    Trace trace{decision};
    if (first.code != StepCode::malformed) trace.step(first.code, first.address, first.number, first.who);
    if (waited.proven && first.code == StepCode::malformed)
        trace.step(StepCode::probe_unanswered, waited.address, (now - waited.asked).count());
    const Duration polite = waited.polite_until - waited.since;
    if (polite > Duration::zero() && now >= waited.polite_until)
        trace.step(StepCode::polite_waited, {}, (now - waited.since).count());
    take(now, waited.inbound, &waited, trace, out);
    count(out.decisions().back());
    // A conflict is no verdict where the next address is tried, and counts all the same.
    if (first.code != StepCode::malformed && verdict(out.decisions().back()) != first.code)
        ++verdicts[static_cast<std::size_t>(first.code)];
}

void DhcpServer::State::probe_answered(Instant now, Ipv4Address address, const MacAddress& by, Outbox& out)
{
    bindings.settle(now);
    ServedSubnet* subnet = subnets.containing(address);
    const Binding* b = bindings.find(address);
    // The holder of a lease answers for its own address, as it should; and who was not asked about has nothing to say.
    if (subnet == nullptr || b == nullptr || !b->only_offered()) return;
    Waiting* w = waiting.find_probe(address);
    const HardwareAddress who = by.is_zero() ? HardwareAddress{} : HardwareAddress::of(by);
    const std::int64_t took = w != nullptr ? (now - w->asked).count() : 0;
    // A client that was here before this server forgot it uses the address that it is about to be offered.
    const bool is_client = who.length > 0 && b->hardware == who;
    const bool is_proxy = who.length > 0 && limiter.quarantines(sender_tag(who), now) >= kMostAddressesOfOneMachine;
    if (is_client || is_proxy || !believes_conflict(*subnet, now)) {
        if (w == nullptr) return;
        waiting.end_probe(*w);
        w->proven = true;
        if (now < w->polite_until) return waiting.schedule(*w, w->polite_until);
        const DecisionStep why = is_client ? DecisionStep{StepCode::probe_answered_by_client, address, took, who}
            : is_proxy
            ? DecisionStep{StepCode::probe_disbelieved, address, kMostAddressesOfOneMachine, who}
            : DecisionStep{StepCode::probe_conflicts_exceeded, address, static_cast<std::int64_t>(subnet->declined), who};
        return answer_waiting(now, end_waiting(*w), why, out);
    }
    subnet->conflicts.count(now);
    if (who.length > 0) limiter.count_quarantine(sender_tag(who), now, config.decline_quarantine);
    bindings.quarantine_for(*subnet, address, by, now, deadline_after(now, config.decline_quarantine), out);
    write(*bindings.find(address), out);
    const DecisionStep step{StepCode::probe_answered, address, took, who};
    if (w != nullptr) return try_next_address(now, *w, step, out);
    late_answer(now, step, out);
}

/// Who makes up senders of ARP could empty the pool. Beyond what a LAN has of machines with addresses of their own, the answer is left to
/// the client: it "SHOULD perform a check on the suggested address" (RFC 2131 §4.4.1), and declines what is really in use. Silence would
/// give the liar what it wants.
bool DhcpServer::State::believes_conflict(ServedSubnet& subnet, Instant now) const
{
    const std::uint64_t most = std::max<std::uint64_t>(kMostConflicts, subnet.pool_size() / 2);
    return subnet.declined < most && subnet.conflicts.within_last_minute(now) < kMostConflictsAMinute;
}

/// Somebody answers in the name of a link address that is not its own.
void DhcpServer::State::probe_forged(Instant now, Ipv4Address address, const MacAddress& sender, Outbox& out)
{
    if (waiting.find_probe(address) == nullptr) return;
    record(now, StepCode::probe_forged, address, HardwareAddress::of(sender), out).outcome = Outcome::silent;
}

/// Within the same DHCPDISCOVER (PROTOCOL: 5227).
void DhcpServer::State::try_next_address(Instant now, Waiting& w, const DecisionStep& conflict, Outbox& out)
{
    Waited waited = end_waiting(w);
    waited.address = {};
    waited.proven = false;
    if (++waited.conflicts < kMostConflicts) return answer_waiting(now, waited, conflict, out);
    Decision& decision = record(now, StepCode::probe_answered, conflict.address, conflict.who, out);
    decision.steps.back() = conflict;
}

/// The offer is out already: the client will find out by itself, or get a NAK.
void DhcpServer::State::late_answer(Instant now, const DecisionStep& conflict, Outbox& out)
{
    Decision& decision = record(now, conflict.code, conflict.address, {}, out);
    decision.steps.back() = conflict;
}

// ---- giving up -----------------------------------------------------------------------------------------------------------------

/// The client has gone on without the answer. What was held for it is the caller's to free.
void DhcpServer::State::stop_waiting_for(Packet& packet)
{
    Waiting* w = waiting.find(packet.client);
    if (w == nullptr) return;
    if (w->probing) packet.trace.step(StepCode::probe_given_up, w->address);
    waiting.remove(*w);
}

void DhcpServer::State::stop_probing(Ipv4Address address)
{
    if (Waiting* w = waiting.find_probe(address)) waiting.remove(*w);
}

/// A polite server leaves a client to the one that answered it.
void DhcpServer::State::overheard(Instant now, const Inbound& inbound, Outbox& out)
{
    if (config.authority != Authority::polite || waiting.size() == 0) return;
    if (!wire::parse_into(inbound.payload, request) || request.op != 2) return;
    const MessageType type = request.type();
    if (type != MessageType::offer && type != MessageType::ack && type != MessageType::none) return;
    const auto server = request.options.address(wire::option::server_identifier).value_or(inbound.source);
    if (allocator.is_server_address(server)) return;
    Waiting* w = waiting.find_exchange(request.hardware(), request.xid);
    // Nobody waits, or only for a probe that began after others had had their time.
    if (w == nullptr || w->polite_until <= now) return;
    // RFC 1534 §2: a server's reply to a BOOTP client is no DHCP message, nor is a BOOTP server's. To a DHCP client that is no answer yet.
    if (type == MessageType::none && w->type != MessageType::none) return;
    bindings.settle(now);
    const Ipv4Address held = w->address;
    Decision& decision = record(now, StepCode::polite_other_answered, server, w->hardware, out);
    decision.steps.back().number = (now - w->since).count();
    decision.outcome = Outcome::silent;
    decision.received = w->type;
    decision.xid = w->xid;
    decision.server = w->inbound.local;
    waiting.remove(*w);
    Binding* b = bindings.find(held);
    if (b != nullptr && b->only_offered()) bindings.withdraw_offer(*b, out);
}

} // namespace dorascope::server
