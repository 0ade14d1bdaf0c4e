// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/session.h"

#include "app/dorascope/capture_feed.h"
#include "app/dorascope/lab_source.h"
#include "app/dorascope/pipe.h"
#include "app/dorascope/problem.h"
#include "app/dorascope/serve_feed.h"
#include "engine/host/config_file.h"
#include "engine/host/interface.h"

#include <QFile>
#include <QFileInfo>

namespace dorascope::app {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr auto kTick = 16ms; // display rate
constexpr nanoseconds kBudget = 8ms; // of a tick, for taking frames in; the rest is for painting
constexpr qint64 kStatusPeriod = 250; // ms
/// How often the passing of time alone is told: a lab's flies, a LAN's is the clock on the wall.
constexpr nanoseconds kLabPeriod = 40ms, kWallPeriod = 250ms;

} // namespace

struct Session::Memory {
    observe::Recording recording;
    observe::LanState state;
    Intake intake{recording, state};
};

Session::Session(QObject* parent) : ui::SourceControl(parent), memory_(std::make_unique<Memory>())
{
    scope_.setState(&memory_->state, &memory_->recording);
    connect(&scope_, &models::Scope::playheadRequested, this, [this](Instant at) { wanted_ = at; });
    connect(&scope_, &models::Scope::liveChanged, this, [this](bool live) {
        if (!live) return;
        wanted_.reset();
        memory_->intake.changes().clear(); // reset() below tells of all of them
        scope_.setState(&memory_->state, &memory_->recording);
        past_.reset();
    });
    timer_.setTimerType(Qt::PreciseTimer);
    connect(&timer_, &QTimer::timeout, this, &Session::onTimer);
    clock_.start();
    sinceStatus_.start();
    timer_.start(kTick);
}

Session::~Session()
{
    scope_.setNamer({});
    source_.reset();
}

void Session::open(std::unique_ptr<Source> source, LabSource* lab)
{
    scope_.setNamer({}); // it asks the source
    source_.reset(); // its threads end before what they write to
    auto memory = std::make_unique<Memory>();
    lab_ = lab;
    wanted_.reset();
    if (!scope_.isLive()) scope_.goLive();
    scope_.setRange(std::nullopt);
    scope_.setFilter({});
    source_ = std::move(source);
    const Source* names = source_.get();
    scope_.setNamer([names](const HardwareAddress& hardware) { return names->nameOf(hardware); });
    scope_.setReservations(source_->reservations());
    memory->intake.serve(source_->pool());
    scope_.setState(&memory->state, &memory->recording);
    memory_ = std::move(memory); // what the scope looked at before goes only now
    past_.reset();
    clock_.restart();
    timer_.start(kTick);
    Q_EMIT sourceChanged();
    Q_EMIT statusChanged();
}

void Session::openLab(const QString& name)
{
    auto scenario = lab::scenario(name.toStdString());
    if (!scenario) {
        QStringList known;
        for (const auto& row : scenarios())
            known << row.name;
        Q_EMIT failed(
            {tr("There is no scenario \"%1\".").arg(name), tr("Choose one of: %1.").arg(known.join(QStringLiteral(", "))), {}});
        return;
    }
    auto lab = std::make_unique<LabSource>(std::move(*scenario));
    LabSource* const pointer = lab.get();
    open(std::move(lab), pointer);
}

void Session::openCapture(const QString& path)
{
    // What can be seen to be wrong is said before the picture on screen is given up for it.
    const QFileInfo info(path);
    const bool pipe = isPipe(QFile::encodeName(path).toStdString());
    if (path != QLatin1String("-") && ((!pipe && !info.isFile()) || !info.isReadable())) {
        const QString why = !info.exists() ? tr("there is no such file")
            : info.isDir()                 ? tr("it is a folder")
            : !info.isReadable()           ? tr("it may not be read by you")
                                           : tr("it is neither a file nor a pipe");
        Q_EMIT failed({tr("%1 cannot be opened: %2.").arg(path, why), tr("Choose a capture in pcap or pcapng format."), {}});
        return;
    }
    const auto kind = pipe ? CaptureReader::Kind::input : CaptureReader::Kind::file;
    open(std::make_unique<CaptureFeed>(kind, path), nullptr);
}

void Session::watch(const QString& interface)
{
    open(std::make_unique<CaptureFeed>(CaptureReader::Kind::interface, interface), nullptr);
}

void Session::serve(const ui::ServeRequest& request) { open(std::make_unique<ServeFeed>(request), nullptr); }

void Session::stop()
{
    if (source_) source_->stop();
}

void Session::order(ui::LeaseOrder order, Ipv4Address address)
{
    if (source_) source_->order(order, address);
}

bool Session::isReserved(Ipv4Address address) const
{
    const auto* const kept = scope_.reservation(address);
    return kept != nullptr && kept->ordered;
}

void Session::reload()
{
    if (source_) source_->reload();
}

QString Session::configuration() const { return source_ ? source_->configuration() : QString(); }

ui::ConfigReading Session::readConfig(const QString& path) const
{
    auto config = host::load_config(path.toStdString());
    if (!config) return {std::nullopt, problemOf(path, config.error())};
    return {std::move(*config), std::nullopt};
}

QStringList Session::doubts(const server::Config& config, const QString& interface) const
{
    std::vector<Ipv4Address> own;
    if (const auto all = host::interfaces()) {
        const auto one = std::ranges::find(*all, interface.toStdString(), &host::Interface::name);
        if (one != all->end()) own = host::own_addresses(*one);
    }
    QStringList lines;
    for (const auto& line : host::warning_lines(config, own))
        lines << QString::fromStdString(line);
    return lines;
}

void Session::report(const OrderOutcome& outcome)
{
    memory_->intake.serve(source_->pool()); // also when a terminal had it reloaded
    scope_.setReservations(source_->reservations());
    if (outcome.problem) {
        Q_EMIT failed(*outcome.problem);
    } else if (outcome.order) {
        Q_EMIT ordered(*outcome.order, outcome.address, outcome.said);
    } else if (!outcome.said.isEmpty()) {
        Q_EMIT reloaded(outcome.said);
    }
    Q_EMIT statusChanged();
}

void Session::setPaused(bool paused)
{
    if (lab_ == nullptr) return;
    lab_->setPaused(paused);
    Q_EMIT statusChanged();
}

void Session::setPace(ui::Pace pace)
{
    if (lab_ == nullptr) return;
    lab_->setPace(pace);
    lab_->setPaused(false);
    Q_EMIT statusChanged();
}

void Session::step()
{
    if (lab_ == nullptr) return;
    lab_->step(memory_->intake);
    publish();
    Q_EMIT statusChanged();
}

void Session::showLabAt(Duration sinceStart)
{
    if (lab_ == nullptr) return;
    timer_.stop();
    lab_->runTo(memory_->intake, sinceStart);
    publish();
    Q_EMIT statusChanged();
}

void Session::onTimer()
{
    const nanoseconds elapsed{clock_.nsecsElapsed()};
    clock_.restart();
    tick(elapsed);
}

void Session::tick(nanoseconds elapsed)
{
    if (!source_) return;
    source_->pump(memory_->intake, elapsed, kBudget);
    sincePublished_ += elapsed;
    publish();
    travel();
    announce();
    if (const auto problem = source_->takeProblem()) Q_EMIT failed(*problem);
    while (const auto outcome = source_->takeOutcome())
        report(*outcome);
}

void Session::publish()
{
    observe::Changes& changes = memory_->intake.changes();
    const Instant now = memory_->state.now();
    // Nothing but time may have passed: leases run down, and the playhead moves on.
    const bool later = now != published_ && sincePublished_ >= (lab_ != nullptr ? kLabPeriod : kWallPeriod);
    // While the playhead stands in the past the live state grows unseen; the timeline shows it upon return.
    if ((later || !changes.empty()) && scope_.isLive()) {
        scope_.publish(changes);
        published_ = now;
        sincePublished_ = {};
    }
    changes.clear();
}

void Session::travel()
{
    if (!wanted_) return;
    auto then = std::make_unique<observe::LanState>(memory_->recording.at(*wanted_));
    wanted_.reset();
    scope_.setState(then.get(), &memory_->recording);
    past_ = std::move(then);
}

void Session::announce()
{
    const bool running = status().running;
    if (running == wasRunning_ && sinceStatus_.elapsed() < kStatusPeriod) return;
    wasRunning_ = running;
    sinceStatus_.restart();
    Q_EMIT statusChanged();
}

double Session::rate() const
{
    // Over the last second of the source's own time: of the lab's virtual one as of a capture's.
    const observe::LanState& state = memory_->state;
    if (state.series().empty()) return 0;
    const auto last = state.series().reduce(state.now() - 1s, state.now() + 1ns, 1);
    return last.empty() ? 0 : static_cast<double>(last.front().total());
}

ui::SourceStatus Session::status() const
{
    ui::SourceStatus status;
    if (!source_) return status;
    source_->describe(status);
    status.frames = memory_->intake.frames();
    status.queueDrops += memory_->recording.dropped();
    status.framesPerSecond = rate();
    return status;
}

QList<ui::ScenarioChoice> Session::scenarios() const
{
    QList<ui::ScenarioChoice> result;
    for (const lab::ScenarioRow& row : lab::scenarios())
        result.append({QString::fromUtf8(row.name.data(), static_cast<qsizetype>(row.name.size())),
                       QString::fromUtf8(row.title.data(), static_cast<qsizetype>(row.title.size()))});
    return result;
}

QList<ui::InterfaceChoice> Session::interfaces() const
{
    QList<ui::InterfaceChoice> result;
    const auto found = host::interfaces();
    if (!found) return result;
    for (const host::Interface& row : *found) {
        ui::InterfaceChoice choice;
        choice.name = QString::fromStdString(row.name);
        choice.up = row.up;
        choice.carrier = row.carrier;
        choice.ethernet = row.ethernet;
        choice.loopback = row.loopback;
        if (!row.addresses.empty()) {
            choice.address = row.addresses.front().address;
            choice.prefix = row.addresses.front().prefix;
        }
        result.append(choice);
    }
    return result;
}

std::optional<ui::Problem> Session::preflight(const QString& interface) const
{
    if (const auto ready = host::interface_to_serve(interface.toStdString()); !ready) return problemOf(ready.error());
    if (const auto helper = host::find_netd(); !helper) return problemOf(helper.error());
    return std::nullopt;
}

} // namespace dorascope::app
