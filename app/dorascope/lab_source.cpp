// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dorascope/lab_source.h"

#include "ui/views/texts.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace dorascope::app {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

/// Events nearer than this belong to the handshake going on.
constexpr Duration kHandshakeGap = 2ms;
/// A handshake of 2.5 ms takes three and a half seconds. With many clients one handshake is followed by the next: they are only slowed
/// down enough to be seen.
constexpr double kSlowMotion = 1.0 / 1400, kCrowdMotion = 1.0 / 40;
constexpr std::size_t kCrowd = 8;
constexpr Duration kCrowdGap = 2s; ///< in a crowd, shorter waits pass as they are
/// A few clients are followed through some renewals: with an hour's lease, a round every two or three seconds.
constexpr Duration kRenewals = 6h;
constexpr double kFast = 60;

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }
Duration scaled(nanoseconds elapsed, double rate)
{
    return Duration{std::max<std::int64_t>(1, std::llround(static_cast<double>(elapsed.count()) * rate))};
}

/// Idle time is skipped, but not unnoticed: from a third of a second for milliseconds to one and a half for an hour.
double skippedIn(Duration gap) { return 0.35 + 0.24 * std::log10(std::max(1.0, seconds(gap) / 0.05)); }

} // namespace

LabSource::LabSource(lab::Scenario scenario, std::uint64_t seed) : lab_(std::move(scenario), seed), clock_(lab_.now())
{
    for (const lab::ClientSpec& client : lab_.scenario().clients)
        names_.emplace(HardwareAddress::of(client.mac), QString::fromStdString(client.name));
    lab_.on_frame([this](Instant at, std::span<const std::byte> bytes) {
        intake_->frame({++frames_, at, decode::LinkType::ethernet, static_cast<std::uint32_t>(bytes.size()), bytes});
    });
    lab_.on_decision([this](const Decision& decision) { intake_->decision(decision); });
}

void LabSource::setPace(ui::Pace pace)
{
    pace_ = pace;
    gapRate_.reset();
}

Duration LabSource::watchable(nanoseconds elapsed)
{
    const bool crowd = names_.size() > kCrowd;
    const auto next = lab_.next_event();
    // Past the end of its story a scenario goes on at the pace of the world: alive, but not growing for ever.
    const Duration story = std::max(lab_.scenario().length, crowd ? Duration{} : kRenewals);
    if (!next || clock_ >= lab_.scenario().start + story) return Duration{elapsed};
    const Duration gap = *next - clock_;
    if (gapRate_) return std::min(scaled(elapsed, *gapRate_), gap);
    if (gap < kHandshakeGap) return scaled(elapsed, crowd ? kCrowdMotion : kSlowMotion);
    if (crowd && gap < kCrowdGap) return std::min(Duration{elapsed}, gap);
    gapRate_ = seconds(gap) / skippedIn(gap);
    return std::min(scaled(elapsed, *gapRate_), gap);
}

Duration LabSource::passing(nanoseconds elapsed)
{
    switch (pace_) {
    case ui::Pace::watchable: return watchable(elapsed);
    case ui::Pace::realTime: return Duration{elapsed};
    case ui::Pace::fast: return scaled(elapsed, kFast);
    }
    return {};
}

void LabSource::runUntil(Intake& intake, Instant until, std::optional<nanoseconds> budget)
{
    intake_ = &intake;
    const auto begun = std::chrono::steady_clock::now();
    bool exhausted = false;
    for (std::size_t events = 1;; ++events) {
        const auto next = lab_.next_event();
        if (!next || *next > until) break;
        lab_.step();
        gapRate_.reset();
        exhausted = budget && events % 16 == 0 && std::chrono::steady_clock::now() - begun > *budget;
        if (exhausted) break;
    }
    if (!exhausted) lab_.run_until(until);
    intake_ = nullptr;
    clock_ = std::max(clock_, exhausted ? lab_.now() : until);
    intake.advance(clock_);
}

void LabSource::pump(Intake& intake, nanoseconds elapsed, nanoseconds budget)
{
    if (paused_) return;
    // After a suspend or a stall the lab does not try to catch up.
    runUntil(intake, clock_ + passing(std::min(elapsed, nanoseconds{100ms})), budget);
}

void LabSource::step(Intake& intake)
{
    paused_ = true;
    gapRate_.reset();
    const std::uint64_t before = frames_;
    // Timers that send nothing are stepped over; a LAN that has fallen silent for good ends the search.
    for (int events = 0; frames_ == before && events < 100'000; ++events) {
        const auto next = lab_.next_event();
        if (!next) return;
        runUntil(intake, *next, std::nullopt);
    }
}

void LabSource::runTo(Intake& intake, Duration sinceStart) { runUntil(intake, lab_.scenario().start + sinceStart, std::nullopt); }

void LabSource::describe(ui::SourceStatus& status) const
{
    const lab::Scenario& scenario = lab_.scenario();
    status.kind = ui::SourceKind::lab;
    status.name = QString::fromStdString(scenario.name);
    status.title = QCoreApplication::translate("LabSource", "Virtual LAN · %1 clients").arg(names_.size());
    status.running = true;
    status.crowd = names_.size() > kCrowd;
    status.paused = paused_;
    status.pace = pace_;
    const observe::Pool pool = LabSource::pool();
    if (pool.size() > 0)
        status.serving =
            QCoreApplication::translate("LabSource", "Serving %1 on the virtual LAN").arg(ui::poolText(pool.first_range()));
}

QString LabSource::nameOf(const HardwareAddress& hardware) const
{
    const auto found = names_.find(hardware);
    return found == names_.end() ? QString() : found->second;
}

observe::Pool LabSource::pool() const { return ui::poolOf(lab_.scenario().server.config); }

} // namespace dorascope::app
