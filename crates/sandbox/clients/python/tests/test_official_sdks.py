"""Clients of the official SDKs for a world. Each test is skipped where its SDK is not installed."""

import importlib.util
import unittest

from huaweicloud_partner_sandbox import Server


def needs(package):
    there = importlib.util.find_spec(package) is not None
    return unittest.skipUnless(there, package + " is not installed")


class OfficialSdks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.world = cls.server.open()

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()

    @needs("huaweicloudsdkbss")
    def test_the_sdk_of_the_china_site(self):
        from huaweicloudsdkbss.v2 import ListConversionsRequest

        found = self.world.bss("distributor").list_conversions(ListConversionsRequest())
        self.assertGreater(len(found.conversions), 0)

    @needs("huaweicloudsdkbssintl")
    def test_the_sdk_of_the_other_sites(self):
        from huaweicloudsdkbssintl.v2 import ListConversionsRequest

        found = self.world.bssintl("intl-provider").list_conversions(ListConversionsRequest())
        self.assertGreater(len(found.conversions), 0)

    @needs("huaweicloudsdkosm")
    def test_the_sdk_of_service_tickets(self):
        from huaweicloudsdkosm.v2 import ListAreaCodesRequest

        found = self.world.osm("customer-1").list_area_codes(ListAreaCodesRequest())
        self.assertIsNotNone(found)
        self.assertEqual(len(self.world.requests(operation="osm.ListAreaCodes", caller="customer-1")), 1)


if __name__ == "__main__":
    unittest.main()
