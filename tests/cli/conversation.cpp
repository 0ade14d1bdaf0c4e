// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/conversation.h"

#include "engine/wire/framing.h"

#include <stdexcept>

namespace dorascope::test {
namespace {

constexpr std::int64_t kStartMs = 1'714'564'800'250;
constexpr MacAddress kClient{{2, 0, 0, 0, 0, 1}}, kServer{{2, 0, 0, 0, 0, 0xfe}};

Bytes octets(Ipv4Address a)
{
    Bytes bytes(4);
    for (std::size_t i = 0; i < 4; ++i)
        bytes[i] = static_cast<std::byte>(a.value >> (24 - 8 * i));
    return bytes;
}

RawMessage message(MessageType type, std::uint32_t xid)
{
    RawMessage m;
    m.word(4, xid).type(type);
    return m;
}

void check(const tl::expected<void, source::SourceError>& outcome)
{
    if (!outcome) throw std::runtime_error{outcome.error().text()};
}

} // namespace

Instant at_ms(std::int64_t milliseconds) { return Instant{std::chrono::milliseconds{kStartMs + milliseconds}}; }

Conversation& Conversation::request(Instant at, const RawMessage& message)
{
    wire::Buffer bytes;
    wire::make_udp_frame({kClient, kBroadcastMac, kAnyAddress, kBroadcastAddress, wire::kClientPort, wire::kServerPort, 64},
                         message, bytes);
    return frame(at, std::move(bytes));
}

Conversation& Conversation::reply(Instant at, RawMessage message, Ipv4Address server)
{
    message.octet(0, 2);
    wire::Buffer bytes;
    wire::make_udp_frame({kServer, kBroadcastMac, server, kBroadcastAddress, wire::kServerPort, wire::kClientPort, 64}, message,
                         bytes);
    return frame(at, std::move(bytes));
}

Conversation& Conversation::frame(Instant at, wire::Buffer bytes, decode::LinkType link)
{
    frames_.push_back({at, link, std::move(bytes)});
    return *this;
}

Conversation& Conversation::dora(Instant at, Ipv4Address address, std::uint32_t xid)
{
    using namespace std::chrono_literals;
    const auto server = octets(Ipv4Address::from_octets(192, 168, 1, 1));
    const auto lease = hex("00000e10");
    request(at, message(MessageType::discover, xid).end());
    reply(at + 2ms, message(MessageType::offer, xid).word(16, address.value).option(54, server).option(51, lease).end());
    request(at + 3ms, message(MessageType::request, xid).option(50, octets(address)).option(54, server).end());
    return reply(at + 5ms, message(MessageType::ack, xid).word(16, address.value).option(54, server).option(51, lease).end());
}

decode::Frame Conversation::operator[](std::size_t i) const
{
    const auto& f = frames_.at(i);
    return {i + 1, f.at, f.link, static_cast<std::uint32_t>(f.bytes.size()), f.bytes};
}

void Conversation::write(const std::filesystem::path& file) const
{
    auto writer = source::CaptureWriter::create(file, frames_.empty() ? decode::LinkType::ethernet : frames_.front().link);
    if (!writer) throw std::runtime_error{writer.error().text()};
    for (std::size_t i = 0; i < size(); ++i)
        check(writer->write((*this)[i]));
    check(writer->close());
}

} // namespace dorascope::test
