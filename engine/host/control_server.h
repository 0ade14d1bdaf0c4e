// SPDX-License-Identifier: GPL-3.0-or-later
// Takes orders over the control socket, on a thread of its own: a list of half a million leases, or somebody who reads it slowly, keeps
// neither a DHCP client waiting nor whoever gives another order. What an order does is the business of the Answer (control_orders.h).
#pragma once

#include "engine/host/control_socket.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace dorascope::host {

class ControlServer {
public:
    /// The lines of one answer, each made when the client has taken what came before; nothing after the last.
    using Lines = std::function<std::optional<std::string>()>;
    /// What a request line is answered with. Called on the control thread; each client has one answer under way, made as it is taken.
    using Answer = std::function<Lines(std::string_view request)>;

    static constexpr std::size_t kMostClients = 8;
    /// A client that within this neither sends a whole request nor takes a buffer full of its answer is hung up on. Where there are
    /// kMostClients the one that is waited for longest, and longer than kGrace, makes room for another.
    static constexpr std::chrono::seconds kPatience{10};
    static constexpr std::chrono::milliseconds kGrace{250};

    static tl::expected<ControlServer, HostError> open(const std::filesystem::path& path, Answer answer,
                                                       std::chrono::milliseconds patience = kPatience);
    ControlServer(ControlServer&&) noexcept;
    ControlServer& operator=(ControlServer&&) noexcept;
    /// An answer that is complete is still delivered; no order is carried out afterwards.
    ~ControlServer();

private:
    struct Impl;
    explicit ControlServer(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace dorascope::host
