from docmarks.train.config import ValidationConfig
from docmarks.train.stopping import Stopping


def test_a_loss_is_best_when_low_and_precision_when_high():
    falls, grows = Stopping(ValidationConfig(monitor="val_loss")), Stopping(ValidationConfig(monitor="AP50"))
    assert [falls.told(i, {"val_loss": v}) for i, v in enumerate((3.0, 2.0, 2.0, 1.0))] == [True, True, False, True]
    assert [grows.told(i, {"AP50": v}) for i, v in enumerate((0.3, 0.2, 0.4, 0.4))] == [True, False, True, False]
    assert falls.best_step == 3 and grows.best_step == 2


def test_patience_counts_measurements_of_the_monitored_figure_only():
    stopping = Stopping(ValidationConfig(monitor="AP50", patience=2))
    stopping.told(1, {"AP50": 0.5})
    for step in range(2, 9):
        assert not stopping.told(step, {"val_loss": 1.0}) and not stopping.exhausted
    stopping.told(9, {"AP50": 0.4})
    assert not stopping.exhausted
    stopping.told(10, {"AP50": 0.4})
    assert stopping.exhausted


def test_a_resumed_run_has_waited_as_long():
    one = Stopping(ValidationConfig(monitor="AP50", patience=2))
    one.told(1, {"AP50": 0.5})
    one.told(2, {"AP50": 0.4})
    two = Stopping(one.config)
    two.restore(one.state())
    two.told(3, {"AP50": 0.45})
    assert two.exhausted and two.best == 0.5 and two.best_step == 1


def test_nan_is_never_the_best():
    stopping = Stopping(ValidationConfig(monitor="val_loss"))
    assert not stopping.told(1, {"val_loss": float("nan")}) and stopping.told(2, {"val_loss": 5.0})
