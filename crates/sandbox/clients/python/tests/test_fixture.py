"""The fixture, with the standard library alone: `python -m unittest` runs it, and pytest."""

import unittest

from huaweicloud_partner_sandbox import ControlError, Server


class Worlds(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    def test_worlds_do_not_see_each_other(self):
        one, other = self.server.open("small_distributor"), self.server.open("small_distributor")
        one.event(recharge={"account": "distributor", "amount": 100})
        self.assertNotEqual(one.get("snapshot")["ledger"], other.get("snapshot")["ledger"])
        one.reset()
        self.assertEqual(one.get("snapshot")["ledger"], other.get("snapshot")["ledger"])
        self.server.close(one)
        self.server.close(other)

    def test_an_unknown_field_is_named(self):
        world = self.server.open()
        with self.assertRaises(ControlError) as refused:
            world.event(recharge={"account": "distributor", "amount": 1, "colour": "red"})
        self.assertIn("recharge.colour", str(refused.exception))
        self.server.close(world)

    def test_requests_are_kept_and_time_passes(self):
        world = self.server.open()
        before = world.get("clock")["now"]
        world.wait(86400)
        self.assertLess(before, world.get("clock")["now"])
        self.assertEqual(world.requests(), [])
        self.assertIn("access_key", world.account("distributor"))
        self.server.close(world)


    def test_an_account_that_is_not_there_is_named_with_those_that_are(self):
        world = self.server.open("small_distributor")
        with self.assertRaises(KeyError) as refused:
            world.account("nobody")
        self.assertIn("nobody", str(refused.exception))
        self.assertIn("distributor", str(refused.exception))
        self.server.close(world)

    def test_a_server_that_does_not_start_says_why(self):
        with self.assertRaises(RuntimeError) as refused:
            Server("--world", "no_such_world")
        self.assertIn("no_such_world is neither a file", str(refused.exception))


if __name__ == "__main__":
    unittest.main()
