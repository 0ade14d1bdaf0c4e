// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/observe/conversation.h"

#include "engine/wire/cursor.h"

namespace dorascope::observe::test {

namespace {

constexpr MacAddress kServerMac{{2, 0, 0, 0, 0, 1}};
const Ipv4Address kServer = Ipv4Address::from_octets(10, 0, 0, 1);

Said from_client(std::string_view client, MessageType type)
{
    Said said;
    said.message.op = 1;
    said.message.xid = kXid;
    said.message.set_hardware(hardware(client));
    said.message.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(type));
    said.frame = {*hardware(client).mac(), kBroadcastMac, kAnyAddress, kBroadcastAddress, 68, 67};
    return said;
}

Said from_server(std::string_view client, MessageType type)
{
    Said said = from_client(client, type);
    said.message.op = 2;
    said.message.options.set_address(wire::option::server_identifier, kServer);
    said.frame = {kServerMac, kBroadcastMac, kServer, kBroadcastAddress, 67, 68};
    return said;
}

} // namespace

Ipv4Address ip(std::string_view text)
{
    const auto address = Ipv4Address::parse(text);
    EXPECT_TRUE(address) << text;
    return address.value_or(Ipv4Address{});
}

HardwareAddress hardware(std::string_view client)
{
    MacAddress mac{{2, 0, 0, 0, 0, 0}};
    for (const char c : client) {
        mac.octets[4] = mac.octets[5];
        mac.octets[5] = static_cast<std::uint8_t>(c);
    }
    return HardwareAddress::of(mac);
}

Said Said::xid(std::uint32_t value) const
{
    Said said = *this;
    said.message.xid = value;
    return said;
}

Said Said::server(std::string_view address, std::string_view mac) const
{
    Said said = *this;
    said.message.options.set_address(wire::option::server_identifier, ip(address));
    if (message.op == 2) {
        said.frame.source = ip(address);
        said.frame.source_mac = MacAddress::parse(mac).value();
    }
    return said;
}

Said Said::lease(std::uint32_t seconds) const
{
    Said said = *this;
    said.message.options.set_u32(wire::option::lease_time, seconds);
    return said;
}

Said Said::without(std::uint8_t option) const
{
    Said said = *this;
    said.message.options.erase(option);
    return said;
}

Said Said::text(std::uint8_t option, std::string_view value) const
{
    Said said = *this;
    said.message.options.set_text(option, value);
    return said;
}

Said Said::bytes(std::uint8_t option, std::initializer_list<std::uint8_t> value) const
{
    Said said = *this;
    wire::Buffer data;
    for (const auto octet : value)
        wire::put_u8(data, octet);
    said.message.options.set(option, data);
    return said;
}

Said Said::relayed(std::string_view giaddr) const
{
    Said said = *this;
    said.message.giaddr = ip(giaddr);
    said.message.hops = 1;
    return said;
}

Said Said::unicast(std::string_view source, std::string_view destination) const
{
    Said said = *this;
    said.frame.source = ip(source);
    said.frame.destination = ip(destination);
    said.frame.destination_mac = {{2, 0, 0, 0, 9, 9}};
    return said;
}

Said Said::nameless() const
{
    Said said = *this;
    said.message.set_hardware({32, 0, {}});
    return said;
}

Said Said::raw(wire::Buffer bytes) const
{
    Said said = *this;
    said.payload = std::move(bytes);
    return said;
}

Said Said::cut(std::size_t octets) const
{
    Said said = *this;
    said.snap = octets;
    return said;
}

wire::Buffer Said::payload_bytes() const
{
    wire::Buffer out;
    wire::emit(message, {}, out);
    return out;
}

wire::Buffer Said::frame_bytes() const
{
    wire::Buffer out;
    wire::make_udp_frame(frame, payload ? *payload : payload_bytes(), out);
    return out;
}

Said discover(std::string_view client) { return from_client(client, MessageType::discover); }

Said offer(std::string_view client, std::string_view address)
{
    Said said = from_server(client, MessageType::offer).lease(3600);
    said.message.yiaddr = ip(address);
    return said;
}

Said request(std::string_view client, std::string_view address)
{
    Said said = reboot(client, address);
    said.message.options.set_address(wire::option::server_identifier, kServer);
    return said;
}

Said reboot(std::string_view client, std::string_view address)
{
    Said said = from_client(client, MessageType::request);
    said.message.options.set_address(wire::option::requested_address, ip(address));
    return said;
}

Said renew(std::string_view client, std::string_view address)
{
    Said said = from_client(client, MessageType::request).unicast(address, "10.0.0.1");
    said.message.ciaddr = ip(address);
    return said;
}

Said ack(std::string_view client, std::string_view address)
{
    Said said = from_server(client, MessageType::ack).lease(3600);
    said.message.yiaddr = ip(address);
    return said;
}

Said nak(std::string_view client) { return from_server(client, MessageType::nak); }

Said decline(std::string_view client, std::string_view address)
{
    Said said = request(client, address);
    said.message.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::decline));
    return said;
}

Said release(std::string_view client, std::string_view address)
{
    Said said = from_client(client, MessageType::release).unicast(address, "10.0.0.1");
    said.message.ciaddr = ip(address);
    said.message.options.set_address(wire::option::server_identifier, kServer);
    return said;
}

Said inform(std::string_view client, std::string_view address)
{
    Said said = from_client(client, MessageType::inform).unicast(address, "255.255.255.255");
    said.message.ciaddr = ip(address);
    return said;
}

Decision decided(std::string_view client, MessageType received, MessageType reply)
{
    Decision decision;
    decision.xid = kXid;
    decision.chaddr = hardware(client);
    decision.received = received;
    decision.reply = reply;
    decision.outcome = reply == MessageType::none ? Outcome::silent : Outcome::replied;
    decision.server = kServer;
    decision.steps.push_back({StepCode::offer_made, kServer, 0, {}});
    return decision;
}

Lan::Lan(Limits limits) : state{limits} { }

MessageId Lan::hears(const Said& said)
{
    const auto bytes = said.frame_bytes();
    changes.clear();
    const std::span kept{bytes.data(), std::min(bytes.size(), said.snap)};
    state.apply(decode::Frame{++frames, now, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), kept},
                changes);
    return state.messages().empty() ? kNone : static_cast<MessageId>(state.messages().size() - 1);
}

void Lan::decides(Decision decision)
{
    decision.at = now;
    changes.clear();
    state.apply(decision, changes);
}

void Lan::passes(Duration time)
{
    now += time;
    changes.clear();
    state.advance(now, changes);
}

Lan& Lan::dora(std::string_view client, std::string_view address, std::uint32_t xid)
{
    hears(discover(client).xid(xid));
    wait(1ms);
    hears(offer(client, address).xid(xid));
    wait(1ms);
    hears(request(client, address).xid(xid));
    wait(1ms);
    hears(ack(client, address).xid(xid));
    return *this;
}

BindingState Lan::binding(std::string_view address) const
{
    const auto found = state.binding(ip(address));
    EXPECT_TRUE(found) << address << " is no binding";
    return found ? found->state : BindingState{};
}

std::string Lan::letters(std::size_t i) const
{
    std::string text;
    for (const auto id : state.exchanges()[i].messages)
        text += letter(state.messages()[id].type);
    return text;
}

} // namespace dorascope::observe::test
