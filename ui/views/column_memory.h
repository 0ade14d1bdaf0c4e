// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSettings>
#include <QString>

class QTableView;

namespace dorascope::ui {

/// Columns are fitted to the window until somebody drags one; from then on they stay as that person left them, also the next time.
class ColumnMemory : public QObject {
    Q_OBJECT
public:
    /// `key` names the table in the settings.
    ColumnMemory(QTableView& table, const QString& key);
    bool chosen() const { return chosen_; }
    void restore(const QSettings& settings);
    void save(QSettings& settings) const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QTableView& table_;
    QString key_;
    bool dragging_ = false; ///< a button is down on the header: what is resized now is resized by a person
    bool chosen_ = false;
};

} // namespace dorascope::ui
