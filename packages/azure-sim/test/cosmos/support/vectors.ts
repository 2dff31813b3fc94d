/*
 * The master-key signatures that Microsoft and others have published. Facts, not code: for each, where
 * it was read, verb, resource type, resource link, date, URL where one was given, and the header's
 * value. The keys are the samples of those pages and open nothing.
 */

export interface Vector {
  readonly id: string
  readonly source: string
  readonly key: string
  readonly verb: string
  readonly resourceType: string
  readonly resourceLink: string
  readonly url: string | null
  readonly date: string
  readonly authorization: string
}

const sources = [
  'https://github.com/Azure/azure-cosmos-dotnet-v3/blob/8c53d3595093f5201139b80ee2cf57876725efd3/Microsoft.Azure.Cosmos/tests/Microsoft.Azure.Cosmos.Tests/AuthorizationHelperTests.cs', // MIT
  'https://learn.microsoft.com/en-us/rest/api/cosmos-db/access-control-on-cosmosdb-resources (table "Example Encoding")',
  'https://github.com/Azure/azure-sdk-for-rust sdk/cosmos/azure_data_cosmos/src/pipeline/authorization_policy.rs', // MIT
  'MindFlavor/AzureSDKForRust',
  'OCaml "cosmos" library test/utility_test.ml auth_key_test_get_list',
]

const keys = [
  'VGhpcyBpcyBhIHNhbXBsZSBzdHJpbmc=',
  'dsZQi3KtZmCv1ljt3VNWNm7sQUF1y5rJfC6kv5JiwvW0EndXdDku/dkKBp8/ufDToSxLzR4y+O/0H/t4bQtVNw==',
  '8F8xXXOptJxkblM1DBXW7a6NMI5oE8NnwPGYBmwxLCKfejOK7B7yhcCHMGvN3PBrlMLIOeol1Hv9RCdzAZR5sg==',
  'dsZQi3KtZmCv1ljt3VNWNm7sQUF1y5rJfC6kv5JiwvW0EndXdDku/dkKBp8/ufDToSxL',
  'SB1mrDcsPfPnHN2lCLYLTXDJMEqXsjvWqS2BXbvBbro94dxVHem3gyXKLPruSeMVE7ZKf36EGC5ArCkJqJaoOg==',
]

/** id | source | key | verb | type | link | url | date | authorization */
const table = `
dotnet-v3-baseline-00|0|0|GET|||http://localhost.sql:8901/|Tue, 21 Jul 2020 17:55:31 GMT|type%3dmaster%26ver%3d1.0%26sig%3d4ldo2CcZsh80o%2fVDqZFPS%2b3d2O0hTGfsVmhTfnSlE8g%3d
dotnet-v3-baseline-01|0|0|GET|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:33 GMT|type%3dmaster%26ver%3d1.0%26sig%3deGk7x5lvE1VKgZ4286y6%2baxcDJfDbfOFeCDHVg%2f9sZo%3d
dotnet-v3-baseline-02|0|0|DELETE|dbs|dbs/02cae8a7583d41aca2a39d41fce2756c|http://localhost.sql:8901/dbs/02cae8a7583d41aca2a39d41fce2756c|Tue, 21 Jul 2020 17:55:35 GMT|type%3dmaster%26ver%3d1.0%26sig%3d8NkuMW4MRhfcWRZCoyztUXMfIVMui8wNHIu6vd6sy3o%3d
dotnet-v3-baseline-03|0|0|GET|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:36 GMT|type%3dmaster%26ver%3d1.0%26sig%3dsRFToUL1DKsWxKj9n3RtHJ1tryUlIVsBhp1PMFQ6OAU%3d
dotnet-v3-baseline-04|0|0|POST|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:36 GMT|type%3dmaster%26ver%3d1.0%26sig%3dNQA0D24qeSf1iGgtZn7gHtWg9BGQCWcE%2bt7NKnVOoEI%3d
dotnet-v3-baseline-05|0|0|GET|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:36 GMT|type%3dmaster%26ver%3d1.0%26sig%3dsRFToUL1DKsWxKj9n3RtHJ1tryUlIVsBhp1PMFQ6OAU%3d
dotnet-v3-baseline-06|0|0|GET|dbs|dbs/92dc837c73484349852a2c8f05777565|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565|Tue, 21 Jul 2020 17:55:36 GMT|type%3dmaster%26ver%3d1.0%26sig%3dniv0JZU%2fT0s8tmaod36QbBmZJBCIbkJU31r5Rp%2brJGQ%3d
dotnet-v3-baseline-07|0|0|POST|colls|dbs/92dc837c73484349852a2c8f05777565|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls|Tue, 21 Jul 2020 17:55:36 GMT|type%3dmaster%26ver%3d1.0%26sig%3d2MIgOuCzkrWLI6%2bj5NYnmKYm8a7oS1dmcvETQAs3sEQ%3d
dotnet-v3-baseline-08|0|0|GET|colls|dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3dXJkV5QFSvzjviGYGuaK2D7umyjuo2huG15PNt7wNKCg%3d
dotnet-v3-baseline-09|0|0|GET|pkranges|DPZtAKyOj5g=|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/pkranges|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3dqH73yd16s9pr9e3X4azaZc97zyqs4oyxkB1L%2bLdsGbk%3d
dotnet-v3-baseline-10|0|0|GET|docs|DPZtAKyOj5g=|http://localhost.sql/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3dnWZ29vBWEbWx7UZlJP%2bTzbgHoYCVVy6mz004thDJuPc%3d
dotnet-v3-baseline-11|0|0|GET|colls|dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3dXJkV5QFSvzjviGYGuaK2D7umyjuo2huG15PNt7wNKCg%3d
dotnet-v3-baseline-12|0|0|POST|docs|dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c/docs|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3ddQGGlBUiVh2cX%2bLCTXt%2bfCyAkPRpChou%2f%2fplVECIuyA%3d
dotnet-v3-baseline-13|0|0|GET|docs|dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c/docs/9f39cb554e0f48e7a829dda4f441e147|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c/docs/9f39cb554e0f48e7a829dda4f441e147|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3d0QVIU7gETTwkjcRWYKwHUOYKKdXi6FyuV8KsDSnVdeA%3d
dotnet-v3-baseline-14|0|0|POST|attachments|DPZtAKyOj5gBAAAAAAAAAA==|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs/DPZtAKyOj5gBAAAAAAAAAA==/attachments|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3d6d7OgoRAWHZEo1DgvUMabsxXU6AIuVPdvoBIEixcuxg%3d
dotnet-v3-baseline-15|0|0|GET|attachments|DPZtAKyOj5gBAAAAAAAAACrX8zg=|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs/DPZtAKyOj5gBAAAAAAAAAA==/attachments/DPZtAKyOj5gBAAAAAAAAACrX8zg=|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3d3GdkZIIRiH4H8V85H1Af7lq4ddabXYosLVHfaf0kyQQ%3d
dotnet-v3-baseline-16|0|0|PUT|docs|DPZtAKyOj5gBAAAAAAAAAA==|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs/DPZtAKyOj5gBAAAAAAAAAA==|Tue, 21 Jul 2020 17:55:37 GMT|type%3dmaster%26ver%3d1.0%26sig%3dF8ZE0qxkWE1DszV7y46GWQs42kdkFfT2%2bhGHK0zJp7U%3d
dotnet-v3-baseline-17|0|0|GET|pkranges|DPZtAKyOj5g=|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/pkranges|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dWnEeafF5Jf85Syax7OesO9iI4nPcfHIqI%2fYWoYyWgOQ%3d
dotnet-v3-baseline-18|0|0|GET|pkranges|DPZtAKyOj5g=|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/pkranges|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dWnEeafF5Jf85Syax7OesO9iI4nPcfHIqI%2fYWoYyWgOQ%3d
dotnet-v3-baseline-19|0|0|POST|docs|DPZtAKyOj5g=|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dC%2fyNqDGvgnCTTE2VhalBGDOmMGTe%2fYalWjVENBmUBag%3d
dotnet-v3-baseline-20|0|0|DELETE|docs|DPZtAKyOj5gBAAAAAAAAAA==|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs/DPZtAKyOj5gBAAAAAAAAAA==|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dyw%2fThc12voLUXMZ7NMDp5VsCgAwRGNF2K38oulEfpGg%3d
dotnet-v3-baseline-21|0|0|GET|docs|DPZtAKyOj5gBAAAAAAAAAA==|http://localhost.sql:8901/dbs/DPZtAA==/colls/DPZtAKyOj5g=/docs/DPZtAKyOj5gBAAAAAAAAAA==|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dFrkHqwF9NwtGrh8EnKuGSk9gwe2E%2bzD8AECpVlF4z4g%3d
dotnet-v3-baseline-22|0|0|DELETE|colls|dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dF35Jygmt7KZSLVceDDMZ3zIcTLntPaP7v0pn237%2bBsg%3d
dotnet-v3-baseline-23|0|0|GET|colls|dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565/colls/ea9ebd7de6aa46d8bc0aa7e29b89236c|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dpQlz8RG9%2fPfERx6NLYC1xha95HzMbSiValGG4b27Y4E%3d
dotnet-v3-baseline-24|0|0|DELETE|dbs|dbs/92dc837c73484349852a2c8f05777565|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565|Tue, 21 Jul 2020 17:55:38 GMT|type%3dmaster%26ver%3d1.0%26sig%3dnhwWg%2bLA%2b4WrPIK5sOzcIhDhO6qDh6TCNxsCeq8kits%3d
dotnet-v3-baseline-25|0|0|GET|dbs|dbs/92dc837c73484349852a2c8f05777565|http://localhost.sql:8901/dbs/92dc837c73484349852a2c8f05777565|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3d3r7hJLdA0ZNtmFb2ONzkRDCmoTbcr%2f%2fmuNsJcas6Cpg%3d
dotnet-v3-baseline-26|0|0|GET|||http://localhost.sql:8901/|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dGNQ8GcpQ%2bMM54HsOVQsCdjXPSmp2kbUTq2yWpwbPUSo%3d
dotnet-v3-baseline-27|0|0|GET|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dDa8EeX9A3b3HdDcLGkR9GGr6gb88voxfD04hhAKmki8%3d
dotnet-v3-baseline-28|0|0|POST|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dsOKkc7a14LYoCakwDWw9Omngx3wDBsZtIII08TdFwgk%3d
dotnet-v3-baseline-29|0|0|POST|colls|dbs/9c6f9f5b4495446695eefc0ab45863e2|http://localhost.sql:8901/dbs/9c6f9f5b4495446695eefc0ab45863e2/colls|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dPAd8IyJ%2bvEQtZ%2bOUzGN1rsDSfPuyocYp2bDdrcvcigg%3d
dotnet-v3-baseline-30|0|0|GET|colls|dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54|http://localhost.sql:8901/dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dYDfwcLQbSgup%2fQsNUnWdPkpU8UAQMGmgyDUGIcOkEGc%3d
dotnet-v3-baseline-31|0|0|POST|docs|dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54|http://localhost.sql:8901/dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54/docs|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dGDEBkBGMy5ShF%2fNuXG%2fdgx75YLvHMEFHbTcr5VSyBH8%3d
dotnet-v3-baseline-32|0|0|POST|docs|dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54|http://localhost.sql:8901/dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54/docs|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dGDEBkBGMy5ShF%2fNuXG%2fdgx75YLvHMEFHbTcr5VSyBH8%3d
dotnet-v3-baseline-33|0|0|GET|docs|dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54/docs/nonexistentdocument|http://localhost.sql:8901/dbs/9c6f9f5b4495446695eefc0ab45863e2/colls/67c1cfc78ba1479cae13c04c3c5ecf54/docs/nonexistentdocument|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dXSYy9ViWlekpbZcizHYlX%2f5wfmamtld1T8Fgs0%2bixwM%3d
dotnet-v3-baseline-34|0|0|GET|||http://localhost.sql:8901/|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dGNQ8GcpQ%2bMM54HsOVQsCdjXPSmp2kbUTq2yWpwbPUSo%3d
dotnet-v3-baseline-35|0|0|GET|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3dDa8EeX9A3b3HdDcLGkR9GGr6gb88voxfD04hhAKmki8%3d
dotnet-v3-baseline-36|0|0|DELETE|dbs|dbs/9c6f9f5b4495446695eefc0ab45863e2|http://localhost.sql:8901/dbs/9c6f9f5b4495446695eefc0ab45863e2|Tue, 21 Jul 2020 17:55:39 GMT|type%3dmaster%26ver%3d1.0%26sig%3ds22R62t09HTc30659y1AVoiDAUuxw9oCj4AJTr0wNe8%3d
dotnet-v3-baseline-37|0|0|POST|dbs||http://localhost.sql:8901/dbs|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3dI3TPWNTTXAI0mcyrUk%2fKKUuicDGsfchR87BrHdTLenQ%3d
dotnet-v3-baseline-38|0|0|POST|colls|dbs/aba89649660340f0a27890f326b2846a|http://localhost.sql:8901/dbs/aba89649660340f0a27890f326b2846a/colls|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3dwX2yEOEAXHw51Zd65TBGDZBIG%2fvZsm%2bZo5wfCUa2qrY%3d
dotnet-v3-baseline-39|0|0|GET|colls|dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508|http://localhost.sql:8901/dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3dOre1%2be3GjMMkb6kmIJ1n5m30ENg9mWMLcqXOxAQ9%2fog%3d
dotnet-v3-baseline-40|0|0|POST|docs|dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508|http://localhost.sql:8901/dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508/docs|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3d5KudRjhJyqlOor0wknj%2fOaoD3lIyohzCzETLUGbfypo%3d
dotnet-v3-baseline-41|0|0|POST|docs|dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508|http://localhost.sql:8901/dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508/docs|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3d5KudRjhJyqlOor0wknj%2fOaoD3lIyohzCzETLUGbfypo%3d
dotnet-v3-baseline-42|0|0|POST|docs|dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508|http://localhost.sql:8901/dbs/aba89649660340f0a27890f326b2846a/colls/e892e9e3ba6c413298a3ad63529e4508/docs|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3d5KudRjhJyqlOor0wknj%2fOaoD3lIyohzCzETLUGbfypo%3d
dotnet-v3-baseline-43|0|0|GET|||http://localhost.sql:8901/|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3d74imyQlvO0n2VTOVkGwTDandzOtMGUUQ3SnY8gSmIgk%3d
dotnet-v3-baseline-44|0|0|GET|||http://localhost.sql:8901/|Tue, 21 Jul 2020 17:55:41 GMT|type%3dmaster%26ver%3d1.0%26sig%3d74imyQlvO0n2VTOVkGwTDandzOtMGUUQ3SnY8gSmIgk%3d
msdocs-access-control|1|1|GET|dbs|dbs/ToDoList||Thu, 27 Apr 2017 00:51:12 GMT|type%3dmaster%26ver%3d1.0%26sig%3dc09PEVJrgp2uQRkr934kFbTqhByc7TVr3OHyqlu%2bc%2bc%3d
rust-primary-key-0|2|2|GET|colls|dbs/MyDatabase/colls/MyCollection||Mon, 01 Jan 1900 01:00:00 GMT|type%3Dmaster%26ver%3D1.0%26sig%3DvrHmd02almbIg1e4htVWH%2BEg%2FOhEHip3VTwFivZLH0A%3D
rust-primary-key-1|2|3|GET|dbs|dbs/ToDoList||Thu, 27 Apr 2017 00:51:12 GMT|type%3Dmaster%26ver%3D1.0%26sig%3DKvBM8vONofkv3yKm%2F8zD9MEGlbu6jjHDJBp4E9c2ZZI%3D
rust-legacy-dbs-for-collection-link|3|2|GET|dbs|dbs/MyDatabase/colls/MyCollection||Mon, 01 Jan 1900 01:00:00 GMT|type%3Dmaster%26ver%3D1.0%26sig%3DQkz%2Fr%2B1N2%2BPEnNijxGbGB%2FADvLsLBQmZ7uBBMuIwf4I%3D
ocaml-list-dbs|4|4|GET|dbs|||Wed, 16 May 2018 19:47:46 GMT|type%3dmaster%26ver%3d1.0%26sig%3dcK0fCpDW9YvCbmmrIVxaGL%2fq9o%2flFlPc8GdCphvow3c%3d
`

export const vectors: readonly Vector[] = table
  .trim()
  .split('\n')
  .map(line => {
    const [id = '', source, key, verb = '', type = '', link = '', url = '', ...rest] =
      line.split('|')
    const [date = '', authorization = ''] = rest
    return {
      id,
      source: sources[Number(source)] ?? '',
      key: keys[Number(key)] ?? '',
      verb,
      resourceType: type,
      resourceLink: link,
      url: url === '' ? null : url,
      date,
      authorization,
    }
  })
