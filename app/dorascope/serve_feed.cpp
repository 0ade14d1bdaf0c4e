// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/serve_feed.h"

#include "app/dorascope/problem.h"
#include "engine/host/control_orders.h"
#include "ui/models/time_text.h"
#include "ui/views/texts.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace dorascope::app {
namespace {

QString say(const char* words) { return QCoreApplication::translate("ServeFeed", words); }

/// The lease's client, by what it goes by (RFC 2131 §4.2).
server::Reservation reservationFor(const server::Lease& lease)
{
    server::Reservation reservation;
    reservation.address = lease.address;
    if (lease.client.kind == server::ClientKey::Kind::identifier)
        reservation.client_id = lease.client.bytes;
    else
        reservation.hardware = lease.hardware;
    return reservation;
}

host::ServerOrders::Outcome reserve(host::ServerOrders& orders, Ipv4Address address)
{
    const auto leases = orders.host().leases();
    const auto lease = std::ranges::find(leases, address, &server::Lease::address);
    if (lease != leases.end() && lease->state != server::LeaseState::declined && lease->state != server::LeaseState::conflict)
        return orders.reserve(reservationFor(*lease));
    return tl::unexpected{host::HostError{host::HostError::Kind::bad_argument,
                                          address.to_string() + " has no client that it could be reserved for.",
                                          "Reserve it with dorascope-cli ctl reserve ADDRESS MAC"}};
}

/// In order of address; of two of the same that were ordered and configured the one that can be given up.
models::Reservations reservationsOf(const server::Config& config, const std::vector<server::Reservation>& ordered)
{
    std::vector<models::ReservedAddress> all;
    const auto add = [&all](const std::vector<server::Reservation>& some, bool byHand) {
        for (const server::Reservation& one : some)
            all.push_back(
                {one.address, QString::fromStdString(host::client_of(one)), QString::fromStdString(one.hostname), byHand});
    };
    add(ordered, true);
    for (const server::Subnet& subnet : config.subnets)
        add(subnet.reservations, false);
    std::ranges::stable_sort(all, {}, &models::ReservedAddress::address);
    const auto same = [](const auto& a, const auto& b) { return a.address == b.address; };
    all.erase(std::unique(all.begin(), all.end(), same), all.end());
    return std::make_shared<const std::vector<models::ReservedAddress>>(std::move(all));
}

bool changesConfiguration(StepCode code)
{
    return code == StepCode::reconfigured || code == StepCode::order_reserved || code == StepCode::order_unreserved;
}

} // namespace

struct ServeFeed::Served {
    explicit Served(host::ServerHost opened) : host(std::move(opened)) { }
    host::ServerHost host;
    std::unique_ptr<host::ServerOrders> orders;
    std::optional<host::ConfigReload> reload;
    std::optional<host::DeadMan> deadMan;
    std::optional<host::ControlServer> control; ///< the terminal's way to this server
};

ServeFeed::ServeFeed(ui::ServeRequest request)
    : request_(std::move(request)), capture_(CaptureReader::Kind::interface, request_.interface), config_(request_.config),
      reservations_(reservationsOf(config_, {})), thread_([this] { run(); })
{ }

ServeFeed::~ServeFeed()
{
    stop();
    thread_.join();
}

void ServeFeed::stop()
{
    stopping_ = true;
    capture_.stop();
    const std::scoped_lock lock(mutex_);
    if (served_) served_->host.stop();
}

void ServeFeed::fail(ui::Problem problem)
{
    const std::scoped_lock lock(mutex_);
    problem_ = std::move(problem);
}

std::unique_ptr<ServeFeed::Served> ServeFeed::open()
{
    host::ServeOptions options;
    options.interface = request_.interface.toStdString();
    options.config = request_.config;
    auto opened = host::ServerHost::open(std::move(options));
    if (!opened) return fail(problemOf(opened.error())), nullptr;
    auto served = std::make_unique<Served>(std::move(*opened));
    served->host.on_decisions([this](std::span<const Decision> decisions) { take(decisions); });
    served->host.on_notice([this](const host::HostNotice& notice) { notices_.add(wallClock(), notice); });
    auto orders = host::ServerOrders::open(served->host, request_.config);
    if (!orders) return fail(problemOf(orders.error())), nullptr;
    served->orders = std::move(*orders);
    for (const auto& sentence : served->orders->notices())
        notices_.add(wallClock(), QString::fromStdString(sentence));
    served->reload.emplace(*served->orders, request_.file.toStdString());
    auto deadMan = host::DeadMan::attach(served->host, {request_.stopAfter, std::nullopt, false}, [this](const std::string& why) {
        stopping_ = true;
        fail({say("Serving on %1 has stopped. %2").arg(request_.interface, QString::fromStdString(why)),
              say("The leases are kept; serve again to go on."),
              {}});
    });
    if (!deadMan) return fail(problemOf(deadMan.error())), nullptr;
    const auto stops = deadMan->stops_at();
    served->deadMan = std::move(*deadMan);
    const auto path = host::control_path(host::control_folder({}), request_.interface.toStdString());
    const auto answer = host::answer_orders({*served->orders, *served->reload, host::default_state_dir(), stops});
    // Without it the terminal gives no orders; the window does.
    if (auto control = host::ControlServer::open(path, answer)) served->control = std::move(*control);
    return served;
}

void ServeFeed::run()
{
    auto opened = open();
    if (!opened) {
        capture_.stop();
        finished_ = true;
        return;
    }
    Served& served = *opened;
    held_.fill(served.host);
    {
        const std::scoped_lock lock(mutex_);
        served_ = std::move(opened);
    }
    serving_ = true;
    desk_.ask([this] { return readConfiguration(); }); // reservations of earlier days
    if (stopping_) served.host.stop();
    const auto ended = served.host.run();
    serving_ = false;
    served.orders->close();
    if (!ended && !stopping_) fail(problemOf(ended.error()));
    if (stopping_) capture_.stop(); // also when it stopped by itself
    finished_ = true;
}

void ServeFeed::take(std::span<const Decision> decisions)
{
    // The terminal gives orders as well; whoever gave it, what is in force is read again.
    const auto reconfigures = [](const Decision& decision) {
        return decision.received == MessageType::none && !decision.steps.empty()
            && changesConfiguration(decision.steps.front().code);
    };
    if (serving_ && std::ranges::any_of(decisions, reconfigures)) desk_.ask([this] { return readConfiguration(); });
    const std::scoped_lock lock(mutex_);
    for (const Decision& decision : decisions) {
        refusals_.add(decision);
        if (decisions_.size() < kMostDecisions)
            decisions_.push_back(decision);
        else
            ++droppedDecisions_;
    }
}

void ServeFeed::pump(Intake& intake, std::chrono::nanoseconds elapsed, std::chrono::nanoseconds budget)
{
    // What it held already comes before what it does: until all of that is told, the frames wait.
    const auto begun = std::chrono::steady_clock::now();
    while (auto part = held_.take()) {
        intake.held(std::move(*part));
        if (std::chrono::steady_clock::now() - begun > budget) return intake.advance(wallClock());
    }
    std::vector<Decision> decisions;
    {
        const std::scoped_lock lock(mutex_);
        decisions.swap(decisions_);
    }
    for (const Decision& decision : decisions)
        intake.decision(decision);
    capture_.pump(intake, elapsed, budget);
}

std::optional<ui::Problem> ServeFeed::takeProblem()
{
    {
        const std::scoped_lock lock(mutex_);
        if (problem_) return std::exchange(problem_, std::nullopt);
    }
    return capture_.takeProblem();
}

// ---- orders -------------------------------------------------------------------------------------------------------------------------

void ServeFeed::ask(OrderDesk::Work work)
{
    if (!serving_) return fail({say("No server runs here that could do that."), say("Serve on an interface first."), {}});
    if (!desk_.ask(std::move(work))) fail({say("Too many orders wait for the server."), say("Try again in a moment."), {}});
}

void ServeFeed::order(ui::LeaseOrder order, Ipv4Address address)
{
    ask([this, order, address] { return carryOut(order, address); });
}

void ServeFeed::reload()
{
    ask([this] { return reloadNow(); });
}

OrderOutcome ServeFeed::carryOut(ui::LeaseOrder order, Ipv4Address address)
{
    using Orders = host::ServerOrders;
    using CarryOut = Orders::Outcome (*)(Orders&, Ipv4Address);
    static constexpr std::array<CarryOut, 5> kRows{
        [](Orders& orders, Ipv4Address a) { return orders.release(a); },
        [](Orders& orders, Ipv4Address a) { return orders.erase(a); },
        [](Orders& orders, Ipv4Address a) { return reserve(orders, a); },
        [](Orders& orders, Ipv4Address a) { return orders.unreserve(a); },
        [](Orders& orders, Ipv4Address a) { return orders.clear_quarantine(a); },
    };
    const auto outcome = kRows.at(static_cast<std::size_t>(order))(*served_->orders, address);
    if (!outcome) return {order, address, {}, problemOf(outcome.error())};
    if (order == ui::LeaseOrder::reserve || order == ui::LeaseOrder::unreserve) readConfiguration();
    return {order, address, QString::fromStdString(*outcome), {}};
}

OrderOutcome ServeFeed::readConfiguration()
{
    auto snapshot = served_->orders->snapshot();
    if (!snapshot) return {}; // it has ended
    auto reservations = reservationsOf(*snapshot->config, snapshot->ordered);
    const std::scoped_lock lock(mutex_);
    config_ = *snapshot->config;
    ordered_ = std::move(snapshot->ordered);
    reservations_ = std::move(reservations);
    return {};
}

QString ServeFeed::configuration() const
{
    if (!serving_) return {};
    server::Config config;
    std::vector<server::Reservation> ordered;
    {
        const std::scoped_lock lock(mutex_);
        config = config_;
        ordered = ordered_;
    }
    std::vector<host::LeftOut> leftOut; // said when the configuration came into force
    return QString::fromStdString(host::to_toml(host::with_reservations(std::move(config), ordered, leftOut)));
}

models::Reservations ServeFeed::reservations() const
{
    const std::scoped_lock lock(mutex_);
    return reservations_;
}

OrderOutcome ServeFeed::reloadNow()
{
    const auto result = served_->reload->reload();
    const QString file = QString::fromStdString(result.file);
    if (!result.errors.empty()) return {{}, {}, {}, problemOf(file, result.errors)};
    if (!result.ok) return {{}, {}, {}, problemOf(result.error)};
    readConfiguration();
    QString said = QString::fromStdString(result.said);
    for (const auto& warning : result.warnings)
        said += QLatin1Char(' ') + QString::fromStdString(warning);
    return {{}, {}, said, {}};
}

void ServeFeed::describe(ui::SourceStatus& status) const
{
    capture_.describe(status);
    status.kind = ui::SourceKind::serve;
    status.running = !finished_;
    status.title = say("Serving on %1").arg(request_.interface);
    if (serving_) status.serving = say("Serving %1 on %2").arg(ui::poolText(pool().first_range()), request_.interface);
    status.takesOrders = serving_;
    status.notices = notices_.list();
    if (serving_) status.configFile = request_.file;
    const std::scoped_lock lock(mutex_);
    status.queueDrops += droppedDecisions_;
    if (!served_) return;
    const host::HostCounters counters = served_->host.counters();
    status.kernelDrops += counters.kernel_drops;
    for (const auto& reason : host::kDropReasons) {
        if (reason.count == &host::HostCounters::kernel_drops || counters.*reason.count == 0) continue;
        status.serverDrops.append(
            {QString::fromUtf8(reason.text.data(), static_cast<qsizetype>(reason.text.size())), counters.*reason.count});
    }
    refusals_.describe(status);
    if (const auto stops = served_->deadMan->stops_at(); serving_ && stops) status.stopsAt = models::clockTextSeconds(*stops);
}

observe::Pool ServeFeed::pool() const
{
    const std::scoped_lock lock(mutex_);
    return ui::poolOf(config_);
}

} // namespace dorascope::app
