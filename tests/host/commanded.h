// SPDX-License-Identifier: GPL-3.0-or-later
// A running server and what a person orders of it through its control socket, with clients on the wire.
#pragma once

#include "engine/host/control_client.h"
#include "engine/host/control_orders.h"
#include "tests/host/full_disk.h"
#include "tests/host/wire_client.h"
#include "tests/support/cable.h"
#include "tests/support/child_process.h"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <nlohmann/json.hpp>
#include <thread>

namespace dorascope::test::orders {

namespace fs = std::filesystem;
using namespace host;
using nlohmann::json;
using testing::HasSubstr;

inline Ipv4Address address(const char* text) { return Ipv4Address::parse(text).value(); }
inline HardwareAddress hardware(std::uint8_t number) { return HardwareAddress::of(MacAddress{{0x02, 0, 0, 0, 1, number}}); }

inline server::Config config(const char* pool = "192.168.77.100-192.168.77.103")
{
    server::Config made;
    auto& subnet = made.subnets.emplace_back();
    subnet.prefix = Ipv4Prefix::parse("192.168.77.0/24").value();
    subnet.pools = {Ipv4Range::parse(pool).value()};
    return made;
}

/// A server with everything that takes orders, as `serve` and the window put it together.
class Commanded {
public:
    Commanded(const fs::path& state, const fs::path& file = {}, server::Config with = config())
        : path_{control_path(state, "srv")}, host_{open(state, with)}, orders_{take(ServerOrders::open(*host_, std::move(with)))},
          reload_{*orders_, file}, control_{take(ControlServer::open(path_, answer_orders({*orders_, reload_, state, {}})))},
          thread_{[this] {
              ended_ = host_->run();
              orders_->close();
              over_ = true;
          }}
    { }
    ~Commanded()
    {
        host_->stop();
        thread_.join();
    }
    ControlResult ask(const ControlRequest& request, std::vector<json>* lines = nullptr) const
    {
        const auto result = ask_server(path_, request, [&](std::string_view line) {
            if (lines) lines->push_back(json::parse(line));
        });
        return result ? *result : refused(result.error());
    }
    ControlResult ask(Order order, const char* about = nullptr) const
    {
        ControlRequest request;
        request.order = order;
        if (about) request.address = address(about);
        return ask(request);
    }
    ControlResult reserve(const char* about, const HardwareAddress& client) const
    {
        ControlRequest request;
        request.order = Order::reserve;
        request.address = address(about);
        request.hardware = client;
        return ask(request);
    }
    std::vector<json> list(const std::string& kind) const
    {
        ControlRequest request;
        request.order = Order::list;
        std::vector<json> lines;
        const auto result = ask(request, &lines);
        EXPECT_TRUE(result.ok) << result.error.text();
        std::erase_if(lines, [&](const json& line) { return line["kind"] != kind; });
        return lines;
    }
    std::string state_of(const Ipv4Address& about) const
    {
        for (const auto& lease : list("lease"))
            if (lease["address"] == about.to_string()) return lease["state"];
        return "none";
    }
    const fs::path& socket() const { return path_; }
    ServerHost& host() { return *host_; }
    ServerOrders& orders() const { return *orders_; }
    bool over() const { return over_; }

private:
    template <typename T> static T take(tl::expected<T, HostError> made)
    {
        if (!made) throw std::runtime_error{made.error().text()};
        return std::move(*made);
    }
    static std::optional<ServerHost> open(const fs::path& state, server::Config with)
    {
        return std::optional<ServerHost>{take(ServerHost::open({"srv", std::move(with), state}))};
    }
    fs::path path_;
    std::optional<ServerHost> host_;
    std::unique_ptr<ServerOrders> orders_;
    ConfigReload reload_;
    tl::expected<void, HostError> ended_;
    std::atomic<bool> over_{false};
    ControlServer control_;
    std::thread thread_;
};

class Orders : public testing::Test {
protected:
    void SetUp() override
    {
        if (!may_make_networks()) GTEST_SKIP() << kWhyNoNetworks;
        cable_.emplace();
    }
    Ipv4Address dora(std::uint8_t number) const
    {
        const auto ack = WireClient{*cable_, number}.dora();
        return ack ? ack->message.yiaddr : kAnyAddress;
    }
    /// The client found its address in use by another (RFC 2131 §4.4.4).
    void decline(std::uint8_t number, Ipv4Address about) const
    {
        const WireClient client{*cable_, number};
        auto message = client.init_reboot(about);
        message.options.set_u8(wire::option::message_type, static_cast<std::uint8_t>(MessageType::decline));
        message.options.set_address(wire::option::server_identifier, address("192.168.77.1"));
        client.broadcast(message);
    }
    /// What a crash at this moment would leave.
    server::LeaseTable stored() const
    {
        const auto crashed = folder_ / "crashed";
        fs::remove_all(crashed);
        fs::create_directory(crashed);
        for (const char* suffix : {"", "-wal"})
            fs::copy_file(folder_ / (std::string{"leases-srv.sqlite"} + suffix),
                          crashed / (std::string{"leases-srv.sqlite"} + suffix));
        return LeaseStore::open(crashed / "leases-srv.sqlite").value().load().value();
    }
    TemporaryFolder folder_;
    std::optional<Cable> cable_;
};

} // namespace dorascope::test::orders
