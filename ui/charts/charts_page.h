// SPDX-License-Identifier: GPL-3.0-or-later
// Charts: pool in use over time, messages by type. Redrawn a few times a second and only while shown; never more points than pixels.
#pragma once

#include "ui/models/scope.h"

#include <QWidget>

#include <memory>

namespace dorascope::ui {

class ChartsPage : public QWidget {
    Q_OBJECT
public:
    explicit ChartsPage(models::Scope& scope, QWidget* parent = nullptr);
    ~ChartsPage() override;

    /// What the charts show, as RFC 4180: one line a bucket.
    QString toCsv() const;
    bool exportPng(const QString& path) const;
    /// Brings the charts up to date now (they otherwise wait for their timer).
    void refresh();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

} // namespace dorascope::ui
