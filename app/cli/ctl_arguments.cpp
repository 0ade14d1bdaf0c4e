// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/ctl_arguments.h"

#include "engine/host/control_socket.h"
#include "engine/host/ordered_reservations.h"
#include "engine/wire/hex.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace dorascope::cli {
namespace {

using host::Order;

/// What follows an order.
struct Row {
    Order order;
    std::size_t least, most;
    std::string_view arguments; ///< as --help writes them
};
constexpr std::array kOrders{
    Row{Order::list, 0, 0, ""},
    Row{Order::status, 0, 0, ""},
    Row{Order::release, 1, 1, "ADDRESS"},
    Row{Order::erase, 1, 1, "ADDRESS"},
    Row{Order::reserve, 1, 2, "ADDRESS MAC"},
    Row{Order::unreserve, 1, 1, "ADDRESS"},
    Row{Order::clear_quarantine, 1, 1, "ADDRESS"},
    Row{Order::reload, 0, 1, "[FILE]"},
    Row{Order::config, 0, 0, ""},
    Row{Order::stop, 0, 0, ""},
};

std::vector<std::string_view> order_names()
{
    std::vector<std::string_view> names;
    for (const auto& row : kOrders)
        names.push_back(host::to_string(row.order));
    return names;
}

Value<const Row*> row_of(const std::string& order)
{
    const auto names = order_names();
    if (order.empty())
        return tl::unexpected{Failure{"ctl needs to know what to do", fmt::format("give one of: {}", fmt::join(names, ", "))}};
    const auto* const row = std::ranges::find(kOrders, order, [](const Row& r) { return host::to_string(r.order); });
    if (row != kOrders.end()) return row;
    return tl::unexpected{Failure{fmt::format("ctl has no order \"{}\"", order), did_you_mean(order, names, "The orders are:")}};
}

/// Relays mostly send text, and hexadecimal digits are text as well: so it is said which.
std::optional<std::vector<std::uint8_t>> octets(const std::string& text)
{
    constexpr std::string_view kText = "text:";
    if (text.starts_with(kText)) return std::vector<std::uint8_t>(text.begin() + kText.size(), text.end());
    return wire::from_hex(text);
}

/// What a client is known by besides its MAC address.
struct Octets {
    const char* option;
    std::string CtlWords::*word;
    std::vector<std::uint8_t> host::ControlRequest::*member;
};
constexpr std::array kOctets{Octets{"--client-id", &CtlWords::client_id, &host::ControlRequest::client_id},
                             Octets{"--circuit-id", &CtlWords::circuit_id, &host::ControlRequest::circuit_id},
                             Octets{"--remote-id", &CtlWords::remote_id, &host::ControlRequest::remote_id}};

std::optional<Failure> set_client(const CtlWords& words, host::ControlRequest& request)
{
    if (words.arguments.size() == 2) {
        const auto mac = value<MacAddress>("the client", words.arguments[1], "a MAC address, as in 3c:22:fb:0a:01:02");
        if (!mac) return mac.error();
        request.hardware = HardwareAddress::of(*mac);
    }
    for (const auto& [option, word, member] : kOctets) {
        if ((words.*word).empty()) continue;
        auto given = octets(words.*word);
        if (!given || given->empty() || given->size() > 255)
            return bad_value(option, words.*word,
                             "1 to 255 octets in hexadecimal, as in 01:8c:79:f5:11:02:5e, or as text, as in text:eth0/1");
        request.*member = std::move(*given);
    }
    request.client_hostname = words.client_hostname;
    request.hostname = words.hostname;
    if (host::is_for_one(host::reservation_of(request))) return std::nullopt;
    return Failure{"reserve needs to know for whom, in one way",
                   "give the client's MAC address, as in ctl reserve 192.168.1.50 3c:22:fb:0a:01:02, or one of --client-id, "
                   "--client-hostname, and --circuit-id with or without --remote-id"};
}

/// Who gives one of these with another order means that one.
bool says_for_whom(const CtlWords& words)
{
    const auto given = [&](const Octets& row) { return !(words.*row.word).empty(); };
    return std::ranges::any_of(kOctets, given) || !words.client_hostname.empty() || !words.hostname.empty();
}

/// The server has another working directory, perhaps.
std::string absolute(const std::string& file)
{
    std::error_code error;
    return std::filesystem::absolute(file, error).lexically_normal().string();
}

} // namespace

Value<CtlCommand> ctl_command(const CtlWords& words)
{
    const auto found = row_of(words.order);
    if (!found) return tl::unexpected{found.error()};
    const Row& row = **found;
    const auto count = words.arguments.size();
    if (count < row.least || count > row.most) {
        const auto usage = fmt::format("dorascope-cli ctl {} {}", words.order, row.arguments);
        return tl::unexpected{count < row.least
                                  ? Failure{fmt::format("{} needs an address", words.order), "give it as in " + usage}
                                  : Failure{fmt::format("{} does not take \"{}\"", words.order, words.arguments[row.most]),
                                            "leave it out, as in " + usage}};
    }
    if (says_for_whom(words) && row.order != Order::reserve)
        return tl::unexpected{Failure{fmt::format("{} is for no client", words.order),
                                      "leave out --hostname and what says for whom; reserve takes it"}};
    if (!words.out.empty() && (row.order != Order::config || words.json))
        return tl::unexpected{Failure{fmt::format("{} does not take --out", words.json ? "--json" : words.order),
                                      "leave it out; ctl config writes its TOML there"}};
    if (!words.interface.empty() && !host::usable_interface_name(words.interface))
        return tl::unexpected{bad_value("--interface", words.interface, "the name of an interface, as in eth0")};
    CtlCommand command;
    command.interface = words.interface;
    command.state_dir = words.state_dir;
    command.json = words.json;
    command.out = words.out;
    command.request.order = row.order;
    if (row.least > 0) {
        const auto address = value<Ipv4Address>("the address", words.arguments[0], "an IPv4 address, as in 192.168.1.100");
        if (!address) return tl::unexpected{address.error()};
        command.request.address = *address;
    }
    if (row.order == Order::reserve)
        if (auto wrong = set_client(words, command.request)) return tl::unexpected{std::move(*wrong)};
    if (row.order == Order::reload && count == 1) command.request.file = absolute(words.arguments[0]);
    return command;
}

} // namespace dorascope::cli
