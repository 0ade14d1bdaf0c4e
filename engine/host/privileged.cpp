// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/privileged.h"

#include "engine/host/interface.h"
#include "engine/host/netd_process.h"

#include <cstdlib>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace dorascope::host {
namespace {

namespace fs = std::filesystem;

tl::expected<NetdAnswer, HostError> request(NetdVerb verb, std::uint32_t flags, const std::string& interface)
{
    NetdRequest asked;
    asked.verb = static_cast<std::uint32_t>(verb);
    asked.flags = flags;
    if (interface.empty() || interface.size() >= sizeof asked.interface) return tl::unexpected{unknown_interface(interface)};
    interface.copy(asked.interface, interface.size());
    const auto netd = find_netd();
    if (!netd) return tl::unexpected{netd.error()};
    auto answer = ask_netd(*netd, asked);
    if (answer && answer->reply.status != static_cast<std::uint32_t>(NetdStatus::ok))
        return tl::unexpected{explain_refusal(answer->reply, *netd, interface)};
    return answer;
}

} // namespace

Descriptor& Descriptor::operator=(Descriptor&& o) noexcept
{
    if (this != &o) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = std::exchange(o.fd_, -1);
    }
    return *this;
}

Descriptor::~Descriptor()
{
    if (fd_ >= 0) ::close(fd_);
}

tl::expected<fs::path, HostError> find_netd()
{
    std::error_code error;
    if (const char* named = std::getenv("DORASCOPE_NETD"); named && *named) {
        const fs::path path = fs::absolute(named, error);
        if (fs::is_regular_file(path, error)) return path;
        return tl::unexpected{HostError{HostError::Kind::helper_missing,
                                        "DORASCOPE_NETD names " + path.string() + ", which is not a file.",
                                        "Name dorascope-netd there, or unset it."}};
    }
    const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
    const std::vector<fs::path> places{
        here / "dorascope-netd",
        here.parent_path() / "libexec/dorascope/dorascope-netd",
        here.parent_path() / "lib/dorascope/dorascope-netd",
        "/usr/libexec/dorascope/dorascope-netd",
    };
    for (const auto& place : places)
        if (fs::is_regular_file(place, error)) return place;
    std::string tried;
    for (const auto& place : places)
        tried += (tried.empty() ? "" : ", ") + place.string();
    return tl::unexpected{HostError{HostError::Kind::helper_missing,
                                    "dorascope-netd is not installed (looked for " + tried + ").",
                                    "Reinstall DoraScope, or name it in DORASCOPE_NETD."}};
}

tl::expected<ServeSockets, HostError> request_serve(const std::string& interface)
{
    auto answer = request(NetdVerb::serve, 0, interface);
    if (!answer) return tl::unexpected{std::move(answer.error())};
    auto& [packet, udp, udp_to_relay, echo] = answer->descriptors;
    return ServeSockets{std::move(packet), std::move(udp), std::move(udp_to_relay), std::move(echo),
                        static_cast<std::uint16_t>(answer->reply.echo_identifier)};
}

tl::expected<CaptureStream, HostError> request_capture(const std::string& interface, bool promiscuous)
{
    auto answer = request(NetdVerb::capture, promiscuous ? kNetdPromiscuous : 0, interface);
    if (!answer) return tl::unexpected{std::move(answer.error())};
    return CaptureStream{std::move(answer->descriptors[0]), std::move(answer->descriptors[1]), answer->reply.pid};
}

} // namespace dorascope::host
