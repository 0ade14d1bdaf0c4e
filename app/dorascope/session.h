// SPDX-License-Identifier: GPL-3.0-or-later
// The composition root: the one place that knows every part. Owns the recording, the live state and the source of frames; drains the
// source at display rate and hands every model one batch of changes.
#pragma once

#include "app/dorascope/source.h"
#include "capture/observe/lan_state.h"
#include "capture/observe/recording.h"
#include "ui/models/scope.h"
#include "ui/views/source_control.h"

#include <QElapsedTimer>
#include <QTimer>

#include <chrono>
#include <memory>
#include <optional>

namespace dorascope::lab {
struct Scenario;
}

namespace dorascope::app {

class LabSource;

class Session : public ui::SourceControl {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override;

    models::Scope& scope() { return scope_; }

    QList<ui::ScenarioChoice> scenarios() const override;
    QList<ui::InterfaceChoice> interfaces() const override;
    ui::SourceStatus status() const override;
    void openLab(const QString& scenario) override;
    void openCapture(const QString& path) override;
    void watch(const QString& interface) override;
    void serve(const ui::ServeRequest& request) override;
    void stop() override;
    void order(ui::LeaseOrder order, Ipv4Address address) override;
    bool isReserved(Ipv4Address address) const override;
    void reload() override;
    QString configuration() const override;
    ui::ConfigReading readConfig(const QString& path) const override;
    QStringList doubts(const server::Config& config, const QString& interface) const override;
    void setPaused(bool paused) override;
    void setPace(ui::Pace pace) override;
    void step() override;
    std::optional<ui::Problem> preflight(const QString& interface) const override;

    /// The lab at `sinceStart` of its virtual time, standing still: for pictures and tests, which know no clock.
    void showLabAt(Duration sinceStart);
    /// One display tick as if `elapsed` had passed since the last.
    void tick(std::chrono::nanoseconds elapsed);

private:
    struct Memory; ///< recording and live state, which are replaced together
    void open(std::unique_ptr<Source> source, LabSource* lab);
    void onTimer();
    void publish();
    void travel();
    void announce();
    void report(const OrderOutcome& outcome);
    double rate() const;

    models::Scope scope_;
    std::unique_ptr<Memory> memory_;
    std::unique_ptr<observe::LanState> past_; ///< the fold up to the playhead, while that stands in the past
    std::optional<Instant>
        wanted_; ///< where the playhead is to go at the next tick: dragging asks more often than there are ticks
    std::unique_ptr<Source> source_; ///< destroyed first: its threads and taps know memory_
    LabSource* lab_ = nullptr; ///< source_, when it is the lab
    QTimer timer_;
    QElapsedTimer clock_, sinceStatus_;
    Instant published_{}; ///< the state's time when the scope last heard of it …
    std::chrono::nanoseconds sincePublished_{}; ///< … and the time on the wall since
    bool wasRunning_ = false; ///< when status was last announced
};

} // namespace dorascope::app
