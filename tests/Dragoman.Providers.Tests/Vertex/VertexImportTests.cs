using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Tests.Support;
using Dragoman.Providers.Vertex;

namespace Dragoman.Providers.Tests.Vertex;

/// <summary>Keys of service accounts and Google's default credentials: read, and exchanged for tokens at the emulated Google.</summary>
public sealed class VertexImportTests
{
    private static readonly ProviderModule Module = VertexModule.Create();

    private static IImportLogin Import => (IImportLogin)Module.Logins.Single();

    [Fact]
    public async Task A_key_becomes_an_account_that_is_renewed_with_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (key, context) = (await KeyAsync(vendor), Context(vendor));
        var login = await ReadAsync(key, context);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.Label, login.OrganizationId, login.AccountId).ShouldBe(("gateway@acme.iam.gserviceaccount.com", "acme", "10004"));
        (login.Settings["project"], login.Settings["location"], login.Settings["base-url"]).ShouldBe(("acme", "europe-west4", $"{vendor.Address}/vertex"));
        (credential.Expires, credential.Extra["client-email"]).ShouldBe((vendor.Time.GetUtcNow().AddHours(1), login.Label));
        credential.Secrets.ShouldContain(credential.RefreshToken!, "the private key is a secret");
        credential.Mask.ShouldNotContain(credential.RefreshToken![..8]);
        vendor.Time.Advance(TimeSpan.FromMinutes(59));
        var renewed = await Module.Refresher!.RefreshAsync(Account, credential, context, default);
        (renewed.Outcome, renewed.Credential!.RefreshToken, renewed.Credential.Expires).ShouldBe((TokenRefreshOutcome.Renewed, credential.RefreshToken, vendor.Time.GetUtcNow().AddHours(1)));
        renewed.Credential.AccessToken.ShouldNotBe(credential.AccessToken);
    }

    [Fact]
    public async Task A_file_tells_whose_it_is_without_asking_anybody()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var key = await KeyAsync(vendor);
        var asked = vendor.Host.Requests.Count;
        var found = Import.Inspect(Encoding.UTF8.GetBytes(key.ToJsonString())).ShouldNotBeNull();
        (found.Label, found.AccountId, found.OrganizationId).ShouldBe(("gateway@acme.iam.gserviceaccount.com", "10004", "acme"));
        found.Digest.ShouldBe(ImportedIdentity.DigestOf((await ReadAsync(key, Context(vendor))).Credential));
        Import.Inspect("""{"type":"external_account"}"""u8.ToArray()).ShouldBeNull();
        const string pool = """{"type":"external_account","audience":"//iam.googleapis.com/pool","subject_token_type":"urn:ietf:params:oauth:token-type:jwt","credential_source":{"file":"/t"}}""";
        Import.Inspect(Encoding.UTF8.GetBytes(pool)).ShouldNotBeNull().AccountId.ShouldBe("pool");
        Import.Inspect("""{"access_token":"ya29.x","refresh_token":"1//x"}"""u8.ToArray()).ShouldBeNull();
        vendor.Host.Requests.Count.ShouldBe(asked + 1, "only the import asks");
    }

    [Fact]
    public async Task Keys_are_read_as_people_have_copied_them()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var key = await KeyAsync(vendor);
        key["private_key"] = key["private_key"]!.GetValue<string>().ReplaceLineEndings("\\n");
        var file = new JsonObject { ["type"] = "vertex", ["project_id"] = "acme", ["location"] = "us-central1", ["service_account"] = key };
        (await ReadAsync(file, Context(vendor))).Settings["location"].ShouldBe("us-central1");
    }

    [Fact]
    public async Task Default_credentials_of_a_person_are_taken()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var file = new JsonObject { ["type"] = "authorized_user", ["client_id"] = "adc-client", ["client_secret"] = "adc-secret", ["refresh_token"] = "1//vertex-mine", ["quota_project_id"] = "mine" };
        var login = await ReadAsync(file, Context(vendor));
        (login.Label, login.OrganizationId, ((OAuthCredential)login.Credential).SecretExtra["client-secret"]).ShouldBe(("vertex mine", "mine", "adc-secret"));
        file.Remove("quota_project_id");
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(file, Context(vendor)))).Fix.ShouldNotBeNull().ShouldContain("providers.vertex.project");
        (await ReadAsync(file, Context(vendor, ", project: set"))).OrganizationId.ShouldBe("set");
    }

    [Theory]
    [InlineData("private_key", "not a key", "The private key in this file cannot be read.")]
    [InlineData("private_key_id", "another", "Google answered 400: Invalid JWT Signature.")]
    [InlineData("client_email", "who@acme.iam.gserviceaccount.com", "Google answered 400: Invalid grant: account not found.")]
    [InlineData("token_uri", "https://oauth2.googleapis.com.evil.example/token", "The file names a token endpoint that is not Google's.")]
    [InlineData("token_uri", "http://oauth2.googleapis.com/token", "The file names a token endpoint that is not Google's.")]
    [InlineData("project_id", "a/b", "The file names no Google Cloud project.")]
    [InlineData("location", "evil.example/x", "The location in this file is none of Google Cloud's.")]
    public async Task A_file_that_cannot_work_is_refused(string name, string value, string message)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var key = await KeyAsync(vendor);
        key[name] = value;
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(key, Context(vendor)))).Message.ShouldBe(message);
    }

    [Theory]
    [InlineData("external_account_authorized_user", "a login of a workforce pool (external_account_authorized_user)")]
    [InlineData("impersonated_service_account", "an impersonated service account")]
    public async Task Credentials_of_other_kinds_are_refused_by_their_name(string type, string words)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var file = new JsonObject { ["type"] = type, ["audience"] = "//iam.googleapis.com/x", ["client_email"] = "a@b", ["private_key"] = "x" };
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(file, Context(vendor)))).Message.ShouldBe($"The file is for {words}, which is not supported.");
        vendor.Host.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_of_another_is_not_taken_for_the_accounts()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (mine, other) = (await KeyAsync(vendor), await KeyAsync(vendor, "other"));
        (mine["private_key"], mine["private_key_id"]) = (other["private_key"]!.DeepClone(), null);
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(mine, Context(vendor)))).Message.ShouldBe("Google answered 400: Invalid JWT Signature.");
    }

    [Fact]
    public async Task A_clock_that_is_wrong_does_not_ask_the_owner()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var credential = (OAuthCredential)(await ReadAsync(await KeyAsync(vendor), context)).Credential;
        var ahead = new ManualTime();
        ahead.Advance(TimeSpan.FromHours(3));
        var failed = await Module.Refresher!.RefreshAsync(Account, credential, context with { Time = ahead }, default);
        (failed.Outcome, failed.MayHaveSpent).ShouldBe((TokenRefreshOutcome.Failed, false), failed.Reason);
        var refused = await Module.Refresher.RefreshAsync(Account, credential with { Extra = new Dictionary<string, string> { ["client-email"] = "gone@acme.iam.gserviceaccount.com" } }, context, default);
        refused.Outcome.ShouldBe(TokenRefreshOutcome.Refused);
    }

    private static Account Account => new() { Id = "a", Label = "a", Provider = "vertex", Protocol = Dragoman.Protocols.Protocol.Gemini, BaseUrl = "http://x", Credential = new NoCredential() };

    private static Task<LoginResult> ReadAsync(JsonObject file, VendorContext context) => Import.ReadAsync(Encoding.UTF8.GetBytes(file.ToJsonString()), context, default);

    private static async Task<JsonObject> KeyAsync(EmulatedVendor vendor, string project = "acme")
    {
        using var http = new HttpClient();
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"{vendor.Address}/vertex/_key/{project}")))!.AsObject();
    }

    private static VendorContext Context(EmulatedVendor vendor, string more = "") => vendor.ContextFor(Module, Settings(vendor) + more);

    private static string Settings(EmulatedVendor vendor) => $"token-url: '{vendor.Address}/vertex/token', base-url: '{vendor.Address}/vertex', location: europe-west4";
}
