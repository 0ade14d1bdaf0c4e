// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/conversation.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace dorascope {

void PrintTo(const Ipv4Address& address, std::ostream* os) { *os << address.to_string(); }
void PrintTo(const MessageType& type, std::ostream* os) { *os << rfc_name(type); }
void PrintTo(const Outcome& outcome, std::ostream* os)
{
    static constexpr const char* kNames[]{"replied", "silent", "recorded", "dropped"};
    *os << kNames[static_cast<std::size_t>(outcome)];
}
void PrintTo(const StepCode& code, std::ostream* os) { *os << explain({code, {}, 0, {}}).text; }

namespace server {

void PrintTo(const LeaseState& state, std::ostream* os) { *os << to_string(state); }

Ipv4Address address(std::string_view text) { return Ipv4Address::parse(text).value(); }
Ipv4Prefix prefix(std::string_view text) { return Ipv4Prefix::parse(text).value(); }
Ipv4Range range(std::string_view text) { return Ipv4Range::parse(text).value(); }

MacAddress mac(std::uint32_t number)
{
    MacAddress m{{0x02, 0x00, 0, 0, 0, 0}};
    for (std::size_t i = 0; i < 4; ++i)
        m.octets[5 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return m;
}

std::vector<std::byte> octets(std::initializer_list<int> values)
{
    std::vector<std::byte> bytes;
    for (const int v : values)
        bytes.push_back(static_cast<std::byte>(v));
    return bytes;
}

std::vector<std::byte> octets(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

Station::Edit asking_for(std::initializer_list<int> codes)
{
    return [data = octets(codes)](wire::Message& m) { m.options.set(wire::option::parameter_request_list, data); };
}

Subnet subnet(std::string_view where, std::string_view pool)
{
    Subnet s;
    s.prefix = prefix(where);
    s.pools = {range(pool)};
    s.options.routers = {s.prefix.network + 1};
    s.options.dns_servers = {s.prefix.network + 1, address("9.9.9.9")};
    return s;
}

Config config_of(Subnet s)
{
    Config config;
    config.subnets = {std::move(s)};
    return config;
}

Config office() { return config_of(subnet("192.168.1.0/24", "192.168.1.100-192.168.1.200")); }

bool Answer::has(StepCode code) const
{
    return std::ranges::find(decision.steps, code, &DecisionStep::code) != decision.steps.end();
}

std::vector<Ipv4Address> Answer::addresses(StepCode code) const
{
    std::vector<Ipv4Address> found;
    for (const DecisionStep& step : decision.steps) {
        if (step.code == code) found.push_back(step.address);
    }
    return found;
}

std::vector<std::uint8_t> Answer::option_codes() const
{
    std::vector<std::uint8_t> codes;
    for (std::size_t i = 0; message && i < message->options.size(); ++i)
        codes.push_back(message->options.at(i).code);
    return codes;
}

// ---- stations ------------------------------------------------------------------------------------------------------------------

wire::Message Station::message(MessageType type) const
{
    wire::Message m;
    m.set_hardware(hardware);
    m.xid = xid;
    m.giaddr = giaddr;
    m.flags = broadcast_flag ? wire::kBroadcastFlag : std::uint16_t{0};
    m.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    if (!client_id.empty()) m.options.set(wire::option::client_identifier, std::as_bytes(std::span{client_id}));
    return m;
}

Answer Station::send(wire::Message m, bool unicast)
{
    wire::Buffer payload;
    wire::emit(m, {.max_payload = 1400, .min_payload = wire::kBootpMinimum, .may_overload = false}, payload);
    return talk->hear(payload, unicast);
}

namespace {
wire::Message edited(wire::Message m, const Station::Edit& edit)
{
    if (edit) edit(m);
    return m;
}
} // namespace

Answer Station::discover(const Edit& edit) { return send(edited(message(MessageType::discover), edit)); }

Answer Station::select(Ipv4Address offered, const Edit& edit)
{
    auto m = message(MessageType::request);
    m.options.set_address(wire::option::requested_address, offered);
    m.options.set_address(wire::option::server_identifier, talk->local);
    return send(edited(std::move(m), edit));
}

Answer Station::init_reboot(Ipv4Address remembered, const Edit& edit)
{
    auto m = message(MessageType::request);
    m.options.set_address(wire::option::requested_address, remembered);
    return send(edited(std::move(m), edit));
}

Answer Station::renew(Ipv4Address mine, const Edit& edit)
{
    auto m = message(MessageType::request);
    m.ciaddr = mine;
    return send(edited(std::move(m), edit), true);
}

Answer Station::rebind(Ipv4Address mine, const Edit& edit)
{
    auto m = message(MessageType::request);
    m.ciaddr = mine;
    return send(edited(std::move(m), edit));
}

Answer Station::release(Ipv4Address mine, const Edit& edit)
{
    auto m = message(MessageType::release);
    m.ciaddr = mine;
    m.options.set_address(wire::option::server_identifier, talk->local);
    return send(edited(std::move(m), edit), true);
}

Answer Station::decline(Ipv4Address taken, const Edit& edit)
{
    auto m = message(MessageType::decline);
    m.options.set_address(wire::option::requested_address, taken);
    m.options.set_address(wire::option::server_identifier, talk->local);
    return send(edited(std::move(m), edit));
}

Answer Station::inform(Ipv4Address mine, const Edit& edit)
{
    auto m = message(MessageType::inform);
    m.ciaddr = mine;
    return send(edited(std::move(m), edit));
}

Ipv4Address Station::dora(const Edit& edit)
{
    const Answer offer = discover(edit);
    if (offer.type() != MessageType::offer) return {};
    const Answer ack = select(offer.yiaddr(), edit);
    return ack.type() == MessageType::ack ? ack.yiaddr() : Ipv4Address{};
}

// ---- the server's side ---------------------------------------------------------------------------------------------------------

namespace {
DhcpServer make_server(const Config& config, LeaseTable leases, Instant now)
{
    auto made = DhcpServer::create(config, std::move(leases), now);
    if (!made) {
        for (const ConfigError& error : made.error())
            ADD_FAILURE() << error.key << ": " << error.problem;
        throw std::logic_error{"this test's configuration is refused"};
    }
    return std::move(*made);
}
} // namespace

Conversation::Conversation(Config config, LeaseTable leases) : server{make_server(config, leases, now)}, stored{std::move(leases)}
{ }

Station Conversation::client(std::uint32_t number)
{
    Station station;
    station.talk = this;
    station.hardware = HardwareAddress::of(mac(number));
    return station;
}

Station Conversation::client_with_id(std::uint32_t number, std::vector<std::uint8_t> id)
{
    Station station = client(number);
    station.client_id = std::move(id);
    return station;
}

Answer Conversation::hear(std::span<const std::byte> payload, bool unicast)
{
    Inbound inbound;
    inbound.payload = payload;
    inbound.interface = 3;
    inbound.local = local;
    inbound.also_local = also_local;
    inbound.source_port = source_port;
    inbound.destination = unicast ? local : kBroadcastAddress;
    inbound.source_mac = source_mac;
    out.clear();
    server.receive(now, inbound, out);
    EXPECT_EQ(out.decisions().size(), 1U) << "one packet, one decision";
    EXPECT_LE(out.transmits().size(), 1U);

    Answer answer;
    answer.decision = out.decisions().front();
    for (const LeaseWrite& write : out.writes())
        answer.writes.push_back(write.lease);
    if (!storing) {
        server.roll_back(out);
        return answer;
    }
    store(out.writes());
    probes.insert(probes.end(), out.probes().begin(), out.probes().end());
    if (out.transmits().empty()) return answer;
    Answer reply = reply_in(0);
    reply.decision = std::move(answer.decision);
    reply.writes = std::move(answer.writes);
    return reply;
}

Answer Conversation::reply_in(std::size_t index) const
{
    Answer answer;
    answer.transmit = out.transmits()[index];
    answer.octets = answer.transmit.payload.size();
    const auto parsed = wire::parse(answer.transmit.payload);
    EXPECT_TRUE(parsed.has_value()) << "the server's own replies are well-formed";
    if (parsed) answer.message = *parsed;
    return answer;
}

/// In what was not a packet's own outbox: the replies, each with its decision, and the decisions.
void Conversation::note_later()
{
    lapsed.insert(lapsed.end(), out.decisions().begin(), out.decisions().end());
    if (!storing) return;
    probes.insert(probes.end(), out.probes().begin(), out.probes().end());
    std::size_t sent = 0;
    for (const Decision& decision : out.decisions()) {
        if (decision.outcome != Outcome::replied) continue;
        later.push_back(reply_in(sent++));
        later.back().decision = decision;
    }
    EXPECT_EQ(sent, out.transmits().size()) << "replied means sent";
}

void Conversation::answered(Ipv4Address where, const MacAddress& by)
{
    out.clear();
    server.probe_answered(now, where, by, out);
    EXPECT_LE(out.decisions().size(), 1U);
    keep();
    note_later();
}

void Conversation::overhear(const wire::Message& reply)
{
    wire::Buffer payload;
    wire::emit(reply, {}, payload);
    Inbound inbound;
    inbound.payload = payload;
    inbound.interface = 3;
    inbound.local = local;
    out.clear();
    server.overheard(now, inbound, out);
    keep();
    note_later();
}

void Conversation::store(std::span<const LeaseWrite> writes)
{
    for (const LeaseWrite& write : writes) {
        std::erase_if(stored, [&](const Lease& lease) { return lease.address == write.lease.address; });
        if (!write.erase) stored.push_back(write.lease);
    }
}

void Conversation::keep()
{
    if (storing) return store(out.writes());
    server.roll_back(out);
}

void Conversation::wait(Duration span)
{
    const Instant until = now + span;
    for (auto due = server.next_deadline(); due && *due <= until; due = server.next_deadline()) {
        now = std::max(now, *due);
        out.clear();
        server.advance(now, out);
        store(out.writes());
        note_later();
    }
    now = until;
}

void Conversation::restart()
{
    server = make_server(Config{server.config()}, stored, now);
    out = Outbox{};
}

std::optional<LeaseState> Conversation::state(std::string_view text) const
{
    const auto lease = server.lease(address(text));
    if (!lease) return std::nullopt;
    return lease->state;
}

const PoolUse& Conversation::use()
{
    use_ = server.pool_use();
    return use_.front();
}

} // namespace server
} // namespace dorascope
