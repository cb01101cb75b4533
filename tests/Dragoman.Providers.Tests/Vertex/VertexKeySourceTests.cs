using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Vertex;

/// <summary>Keys in the configuration: as a path, as JSON, and where Google's own libraries look.</summary>
public sealed class VertexKeySourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("vertex-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_path_and_the_json_itself_give_the_same_account()
    {
        var key = Key();
        File.WriteAllText(Path.Combine(_folder, "key.json"), key);
        var byPath = Load($"service-account: '{_folder}/key.json'").ShouldHaveSingleItem();
        var inline = Load($"service-account: '{key}'").ShouldHaveSingleItem();
        var byHome = Load("service-account: ~/key.json", ("HOME", _folder)).ShouldHaveSingleItem();
        byPath.Credential.ShouldBe(inline.Credential);
        byHome.Credential.ShouldBe(inline.Credential);
        (byPath.Options["project"], byPath.Region).ShouldBe(("of-the-key", "global"));
        byPath.Credential.ExpiresAt.ShouldBe(DateTimeOffset.UnixEpoch, "there is no token yet, so one is had with the first request");
        Load($"service-account: '{key}', project: another").ShouldHaveSingleItem().Options["project"].ShouldBe("another");
    }

    [Fact]
    public void Default_credentials_are_found_where_googles_libraries_find_them()
    {
        const string person = """{"type":"authorized_user","client_id":"c","client_secret":"s","refresh_token":"1//r","quota_project_id":"mine"}""";
        Directory.CreateDirectory(Path.Combine(_folder, ".config", "gcloud"));
        File.WriteAllText(Path.Combine(_folder, ".config", "gcloud", "application_default_credentials.json"), person);
        File.WriteAllText(Path.Combine(_folder, "named.json"), Key());
        Load("application-default: true", ("HOME", _folder)).ShouldHaveSingleItem().Options["project"].ShouldBe("mine");
        Load("application-default: true", ("HOME", _folder), ("GOOGLE_APPLICATION_CREDENTIALS", Path.Combine(_folder, "named.json"))).ShouldHaveSingleItem().Options["project"].ShouldBe("of-the-key");
        Load("application-default: true", ("CLOUDSDK_CONFIG", Path.Combine(_folder, ".config", "gcloud"))).ShouldHaveSingleItem().Credential.ShouldBeOfType<OAuthCredential>().RefreshToken.ShouldBe("1//r");
    }

    [Fact]
    public void A_file_for_workload_identity_federation_is_a_credential_as_well()
    {
        const string pool = """{"type":"external_account","audience":"//iam.googleapis.com/pool","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","credential_source":{"file":"/run/token"}}""";
        File.WriteAllText(Path.Combine(_folder, "pool.json"), pool);
        var account = Load("application-default: true, project: mine", ("GOOGLE_APPLICATION_CREDENTIALS", Path.Combine(_folder, "pool.json"))).ShouldHaveSingleItem();
        var credential = account.Credential.ShouldBeOfType<OAuthCredential>();
        (credential.ExpiresAt, credential.Extra["subject-token"], credential.AccountId).ShouldBe((DateTimeOffset.UnixEpoch, "/run/token", "pool"));
    }

    [Theory]
    [InlineData("service-account: /nowhere/key.json", "The credential file '/nowhere/key.json' cannot be read.")]
    [InlineData("service-account: '{\"type\":\"external_account\"}'", "The file for workload identity federation names no provider of an identity pool (audience).")]
    [InlineData("service-account: '{}', application-default: true", "More than one credential is given.")]
    [InlineData("application-default: false", "There is no credential.")]
    [InlineData("service-account: '{}'", "There is neither a service account's key nor a person's default credentials in this file.")]
    public void A_key_that_cannot_be_used_is_a_fault_of_the_file(string settings, string message)
    {
        var loaded = Loader().Load($"vertex: [ {{ name: v, project: p, {settings} }} ]\n", "config.yaml");
        loaded.Problems.ShouldHaveSingleItem().Message.ShouldContain(message);
    }

    [Fact]
    public void A_key_without_a_project_wants_one()
    {
        var key = JsonNode.Parse(Key())!.AsObject();
        key.Remove("project_id");
        Loader().Load($"vertex: [ {{ name: v, service-account: '{key.ToJsonString()}' }} ]\n", "config.yaml").Problems.ShouldHaveSingleItem().Message.ShouldContain("needs a Google Cloud project");
    }

    private static IReadOnlyList<Account> Load(string settings, params (string Name, string Value)[] environment)
    {
        var loaded = Loader(environment).Load($"vertex: [ {{ name: v, {settings} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts;
    }

    private static ConfigLoader Loader(params (string Name, string Value)[] environment)
        => new(TestProviders.CreateRegistry(TimeProvider.System), name => Array.Find(environment, pair => pair.Name == name).Value);

    private static string Key()
    {
        using var key = RSA.Create(1024);
        return new JsonObject
        {
            ["type"] = "service_account", ["project_id"] = "of-the-key", ["private_key_id"] = "k1", ["private_key"] = key.ExportPkcs8PrivateKeyPem(), ["client_email"] = "a@of-the-key.iam.gserviceaccount.com", ["client_id"] = "1",
        }.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
