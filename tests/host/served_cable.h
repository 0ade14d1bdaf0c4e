// SPDX-License-Identifier: GPL-3.0-or-later
// The whole host on a wire: netd, sockets, store, server.
#pragma once

#include "engine/host/server_host.h"
#include "tests/host/wire_client.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <algorithm>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace dorascope::test::served {

namespace fs = std::filesystem;
using host::HostError;
using host::ServerHost;
using server::LeaseState;

inline Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }

/// 192.168.77.0/24 with .100 to .120 to give out.
inline server::Config config()
{
    server::Config made;
    auto& subnet = made.subnets.emplace_back();
    subnet.prefix = Ipv4Prefix::parse("192.168.77.0/24").value();
    subnet.pools = {Ipv4Range::parse("192.168.77.100-192.168.77.120").value()};
    subnet.options.routers = {address("192.168.77.1")};
    return made;
}

/// A host that serves on a thread of its own, and what it said meanwhile.
class Serving {
public:
    Serving(const fs::path& state, server::Config with = config()) : host_{open(state, std::move(with))}
    {
        host_->on_notice([this](const host::HostNotice& notice) {
            const std::lock_guard lock{mutex_};
            notices_.push_back(notice);
        });
        host_->on_decisions([this](std::span<const Decision> decisions) {
            const std::lock_guard lock{mutex_};
            decisions_.insert(decisions_.end(), decisions.begin(), decisions.end());
        });
        thread_ = std::thread{[this] { ended_ = host_->run(); }};
    }
    ~Serving() { end(); }
    /// What run() returned.
    tl::expected<void, HostError> end()
    {
        host_->stop();
        if (thread_.joinable()) thread_.join();
        return ended_;
    }
    tl::expected<void, HostError> wait()
    {
        thread_.join();
        return ended_;
    }
    ServerHost& host() { return *host_; }
    /// On the serving thread; returns when it is done.
    void between_batches(const std::function<void()>& what)
    {
        std::promise<void> done;
        host_->post([&] {
            what();
            done.set_value();
        });
        done.get_future().wait();
    }
    std::vector<host::HostNotice> notices() const
    {
        const std::lock_guard lock{mutex_};
        return notices_;
    }
    std::vector<Decision> decisions() const
    {
        const std::lock_guard lock{mutex_};
        return decisions_;
    }
    bool has_said(const std::string& part) const
    {
        const auto said = notices();
        return std::any_of(said.begin(), said.end(),
                           [&](const host::HostNotice& n) { return n.text.find(part) != std::string::npos; });
    }

private:
    static std::optional<ServerHost> open(const fs::path& state, server::Config with)
    {
        auto opened = ServerHost::open({"srv", std::move(with), state});
        if (!opened) throw std::runtime_error{opened.error().text()};
        return std::move(*opened);
    }
    std::optional<ServerHost> host_;
    mutable std::mutex mutex_;
    std::vector<host::HostNotice> notices_;
    std::vector<Decision> decisions_;
    tl::expected<void, HostError> ended_;
    std::thread thread_;
};

class Host : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    HostError refusal(server::Config with = config(), const std::string& interface = "srv") const
    {
        const auto opened = ServerHost::open({interface, std::move(with), folder_.path()});
        EXPECT_FALSE(opened);
        return opened ? HostError{} : opened.error();
    }
    TemporaryFolder folder_;
    std::optional<Cable> cable_;
};

} // namespace dorascope::test::served
