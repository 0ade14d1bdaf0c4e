// SPDX-License-Identifier: GPL-3.0-or-later
// interfaces: what there is to serve on and to watch.
#include "app/cli/commands.h"
#include "app/cli/output.h"
#include "engine/host/interface.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace dorascope::cli {
namespace {

std::string addresses(const host::Interface& interface)
{
    std::vector<std::string> texts;
    for (const auto& a : interface.addresses)
        texts.push_back(fmt::format("{}/{}", a.address.to_string(), a.prefix.length));
    return texts.empty() ? "no IPv4 address" : fmt::format("{}", fmt::join(texts, ", "));
}

/// What keeps it from being served on; the same causes as host::interface_to_serve().
std::string_view obstacle(const host::Interface& interface)
{
    if (interface.loopback) return "loopback: no clients there";
    if (!interface.ethernet) return "not Ethernet: cannot be served on";
    if (!interface.up) return "down";
    if (!interface.carrier) return "no carrier";
    return interface.addresses.empty() ? "needs an address to be served on" : "ready to serve on";
}

} // namespace

Result run(const InterfacesCommand&)
{
    const auto list = host::interfaces();
    if (!list) return tl::unexpected{failure(list.error())};
    Output out{STDOUT_FILENO, false, false};
    for (const auto& i : *list) {
        out.line(fmt::format("{:<15}  {}  {:<34}  {}", i.name, i.mac.to_string(), obstacle(i), addresses(i)));
    }
    out.flush();
    return out.result();
}

} // namespace dorascope::cli
