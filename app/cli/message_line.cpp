// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/message_line.h"

#include "app/cli/clock.h"
#include "app/cli/payload_view.h"
#include "engine/wire/message.h"
#include "engine/wire/option_table.h"

#include <array>
#include <fmt/format.h>

namespace dorascope::cli {
namespace {

namespace option = wire::option;

/// A badge in the message's colour (UI: Look), from the 256 that nearly every terminal has. Letter on background, not coloured words: the
/// contrast is then our own choice, whatever the terminal's background; each pair is above 4.5:1.
struct Badge {
    MessageType type;
    int background, letter;
};
constexpr int kWhite = 231, kBlack = 16, kGrey = 245;
constexpr std::array<Badge, 8> kBadges{{{MessageType::discover, 26, kWhite},
                                        {MessageType::offer, 214, kBlack},
                                        {MessageType::request, 91, kWhite},
                                        {MessageType::ack, 28, kWhite},
                                        {MessageType::nak, 202, kBlack},
                                        {MessageType::decline, 94, kWhite},
                                        {MessageType::release, 101, kBlack},
                                        {MessageType::inform, 240, kWhite}}};
constexpr Badge kOtherBadge{MessageType::none, 236, kWhite};

const Badge& badge_of(MessageType type)
{
    for (const auto& row : kBadges) {
        if (row.type == type) return row;
    }
    return kOtherBadge;
}

std::string quoted_text(const wire::Message& m, std::uint8_t code)
{
    const auto data = m.options.find(code);
    return data ? wire::printable(*data) : std::string{};
}

std::string server_of(const wire::Message& m)
{
    const auto id = m.options.address(option::server_identifier);
    return id ? id->to_string() : "a server that it does not name";
}

std::string requested(const wire::Message& m)
{
    const auto address = m.options.address(option::requested_address);
    return address ? address->to_string() : "no address";
}

std::string say_discover(const wire::Message& m, const wire::UdpView&)
{
    std::string text = "asks for an address";
    if (const auto address = m.options.address(option::requested_address))
        text += fmt::format(", {} if possible", address->to_string());
    return text;
}

/// The four states of a REQUEST (RFC 2131 §4.3.2) by what it carries and how it came.
std::string say_request(const wire::Message& m, const wire::UdpView& udp)
{
    if (m.options.has(option::server_identifier)) return fmt::format("takes {} from {}", requested(m), server_of(m));
    if (m.ciaddr.is_unspecified()) return fmt::format("wants {} again, after a reboot", requested(m));
    if (udp.destination.is_broadcast()) return fmt::format("rebinds {}, with whoever answers", m.ciaddr.to_string());
    return fmt::format("renews {} with {}", m.ciaddr.to_string(), udp.destination.to_string());
}

/// What a reply hands out: "for 1 h, router 192.168.1.1, DNS 9.9.9.9".
std::string settings(const wire::Message& m)
{
    struct Named {
        std::uint8_t code;
        std::string_view name;
    };
    static constexpr std::array kNamed{Named{option::subnet_mask, "mask"}, Named{option::router, "router"},
                                       Named{option::dns_servers, "DNS"}, Named{option::domain_name, "domain"}};
    std::string text;
    if (const auto lease = m.options.u32(option::lease_time)) text += " for " + lease_time(*lease);
    for (const auto& named : kNamed) {
        if (const auto data = m.options.find(named.code))
            text += fmt::format(", {} {}", named.name, wire::option_text(named.code, *data));
    }
    return text;
}

std::string say_offer(const wire::Message& m, const wire::UdpView&)
{
    return fmt::format("{} from {}{}", m.yiaddr.to_string(), server_of(m), settings(m));
}

std::string say_ack(const wire::Message& m, const wire::UdpView& udp)
{
    if (!m.yiaddr.is_unspecified()) return say_offer(m, udp);
    return fmt::format("settings for {} from {}{}", m.ciaddr.to_string(), server_of(m), settings(m)); // to an INFORM
}

std::string say_nak(const wire::Message& m, const wire::UdpView&)
{
    const auto why = quoted_text(m, option::message);
    return fmt::format("no, from {}{}{}", server_of(m), why.empty() ? "" : ": ", why);
}

std::string say_decline(const wire::Message& m, const wire::UdpView&)
{
    return fmt::format("found {} of {} already in use", requested(m), server_of(m));
}

std::string say_release(const wire::Message& m, const wire::UdpView&)
{
    return fmt::format("gives {} back to {}", m.ciaddr.to_string(), server_of(m));
}
std::string say_inform(const wire::Message& m, const wire::UdpView&)
{
    return fmt::format("has {}, asks for settings", m.ciaddr.to_string());
}

std::string say_other(const wire::Message& m, const wire::UdpView& udp)
{
    return fmt::format("{} to {}{}", udp.source.to_string(), udp.destination.to_string(),
                       m.yiaddr.is_unspecified() ? std::string{} : ", " + m.yiaddr.to_string());
}

struct Sentence {
    MessageType type;
    std::string (*say)(const wire::Message&, const wire::UdpView&);
};
constexpr std::array<Sentence, 8> kSentences{{{MessageType::discover, say_discover},
                                              {MessageType::offer, say_offer},
                                              {MessageType::request, say_request},
                                              {MessageType::ack, say_ack},
                                              {MessageType::nak, say_nak},
                                              {MessageType::decline, say_decline},
                                              {MessageType::release, say_release},
                                              {MessageType::inform, say_inform}}};

std::string say(const wire::Message& m, const wire::UdpView& udp)
{
    for (const auto& row : kSentences) {
        if (row.type == m.type()) return row.say(m, udp);
    }
    return say_other(m, udp);
}

std::string tail(const wire::Message& m)
{
    std::string text;
    if (!m.giaddr.is_unspecified()) text += fmt::format("  via relay {}", m.giaddr.to_string());
    return text + fmt::format("  xid 0x{:08x}", m.xid);
}

std::string malformed_line(const decode::DhcpPacket& packet, const wire::ParseError& error, bool colour)
{
    const auto chaddr = PayloadView{packet.payload}.chaddr();
    return fmt::format("{}  {:<17}  {} to {} cannot be read: {}{} at octet {}",
                       type_label(static_cast<MessageType>(0xff), colour), chaddr ? chaddr->to_string() : "-",
                       packet.udp.source.to_string(), packet.udp.destination.to_string(), wire::to_string(error.code),
                       error.option == 0 ? std::string{} : fmt::format(", option {}", error.option), error.offset);
}

} // namespace

std::string type_label(MessageType type, bool colour)
{
    const bool known = static_cast<std::uint8_t>(type) <= static_cast<std::uint8_t>(MessageType::lease_active);
    const char sign = known ? letter(type) : '?';
    const auto word = known ? short_name(type) : std::string_view{"?"};
    if (!colour) return fmt::format(" {}  {:<8}", sign, word);
    const auto& badge = badge_of(type);
    return fmt::format("\x1b[1;38;5;{};48;5;{}m {} \x1b[0m {:<8}", badge.letter, badge.background, sign, word);
}

std::string dimmed(std::string_view text, bool colour)
{
    return colour ? fmt::format("\x1b[38;5;{}m{}\x1b[0m", kGrey, text) : std::string{text};
}

std::string message_line(const decode::DhcpPacket& packet, std::string_view name, bool colour)
{
    const auto parsed = wire::parse(packet.payload);
    if (!parsed) return malformed_line(packet, parsed.error(), colour);
    const auto sent_name = parsed->op == 1 ? quoted_text(*parsed, option::host_name) : std::string{};
    std::string who{name};
    if (who.empty() && !sent_name.empty()) who = '"' + sent_name + '"';
    if (!who.empty()) who += ' ';
    return fmt::format("{}  {:<17}  {}{}{}", type_label(parsed->type(), colour), parsed->hardware().to_string(), who,
                       say(*parsed, packet.udp), dimmed(tail(*parsed), colour));
}

} // namespace dorascope::cli
