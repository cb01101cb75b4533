using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Providers.Bedrock;
using Dragoman.Providers.Tests.Support;
using Dragoman.Providers.Vertex;

namespace Dragoman.Providers.Tests.Vertex;

/// <summary>Files of the type <c>external_account</c>: tokens of another identity provider, from a file, an address or AWS, exchanged at the emulated Google.</summary>
public sealed class WorkloadIdentityTests : IDisposable
{
    private const string Audience = "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/acme/providers/own";

    private readonly string _folder = Directory.CreateTempSubdirectory("workload-").FullName;

    private readonly Dictionary<string, string> _environment = new(StringComparer.Ordinal);

    private AwsKeys _aws = new("AKIAEMULATEDSTS", "emulated-aws-secret", null);

    private string TokenFile => Path.Combine(_folder, "token");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_token_in_a_file_becomes_one_of_a_service_account_and_is_read_anew()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var (module, context) = (Module(), Context(vendor));
        await File.WriteAllTextAsync(TokenFile, await SubjectAsync(vendor, "acme") + "\n");
        var login = await ReadAsync(module, Impersonating(Config(new JsonObject { ["file"] = TokenFile })), context);
        var credential = login.Credential.ShouldBeOfType<OAuthCredential>();
        (login.Label, login.OrganizationId, login.AccountId).ShouldBe(("gateway@acme.iam.gserviceaccount.com", "acme", $"{Audience["//iam.googleapis.com/".Length..]}/gateway@acme.iam.gserviceaccount.com"));
        (credential.Expires, credential.Extra["subject-token"]).ShouldBe((vendor.Time.GetUtcNow().AddHours(1), TokenFile));
        (await ServeAsync(vendor, credential, "acme")).ShouldBe(HttpStatusCode.OK);

        vendor.Time.Advance(TimeSpan.FromMinutes(59));
        var late = await module.Refresher!.RefreshAsync(Account, credential, context, default);
        (late.Outcome, late.MayHaveSpent, late.Reason).ShouldBe((TokenRefreshOutcome.Failed, false, "Google answered 400: ID Token issued at is stale to sign-in"), "who writes the file may be late; the account does not need its owner");
        await File.WriteAllTextAsync(TokenFile, await SubjectAsync(vendor, "acme"));
        var renewed = await module.Refresher.RefreshAsync(Account, credential, context, default);
        (renewed.Outcome, renewed.Credential!.RefreshToken).ShouldBe((TokenRefreshOutcome.Renewed, credential.RefreshToken));
        (await ServeAsync(vendor, renewed.Credential, "acme")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_pool_with_the_right_itself_needs_no_service_account()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await File.WriteAllTextAsync(TokenFile, await SubjectAsync(vendor, "direct-acme"));
        var file = Config(new JsonObject { ["file"] = TokenFile });
        file["audience"] = Audience.Replace("/acme/", "/direct-acme/", StringComparison.Ordinal);
        file["quota_project_id"] = "acme";
        var login = await ReadAsync(Module(), file, Context(vendor));
        (await ServeAsync(vendor, (OAuthCredential)login.Credential, "acme")).ShouldBe(HttpStatusCode.OK);
        vendor.Host.Requests.Count(request => request.Target.StartsWith("/vertex/iam", StringComparison.Ordinal)).ShouldBe(0);
    }

    [Fact]
    public async Task An_address_is_asked_only_when_its_owner_allows_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var file = Impersonating(Config(new JsonObject
        {
            ["url"] = $"{vendor.Address}/vertex/_subject/acme?resource=x", ["headers"] = new JsonObject { ["Metadata"] = "True" },
            ["format"] = new JsonObject { ["type"] = "json", ["subject_token_field_name"] = "access_token" },
        }));
        foreach (var allowed in (string[])["", "http://127.0.0.1:1/vertex", $"{vendor.Address}/vertex/_sub", vendor.Address.Replace("http:", "https:", StringComparison.Ordinal)])
            (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor, allowed)))).Message.ShouldContain("providers.vertex.subject-token-urls");
        vendor.Host.Requests.ShouldBeEmpty("nothing was asked, neither the address nor Google");

        var login = await ReadAsync(Module(), file, Context(vendor, $"{vendor.Address}/vertex/_subject"));
        (await ServeAsync(vendor, (OAuthCredential)login.Credential, "acme")).ShouldBe(HttpStatusCode.OK);
        ((OAuthCredential)login.Credential).Secrets.ShouldContain(secret => secret == ((OAuthCredential)login.Credential).RefreshToken, "headers for the address may hold a secret");
        file["credential_source"]!["headers"] = new JsonObject();
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor, vendor.Address)))).Message.ShouldBe($"{vendor.Address}/vertex/_subject/acme answered 400: Required metadata header not specified.");
    }

    [Fact]
    public async Task A_machine_at_aws_signs_who_it_is()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var file = Impersonating(Config(new JsonObject { ["environment_id"] = "aws1", ["regional_cred_verification_url"] = "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15", ["url"] = "http://169.254.169.254/x" }));
        file["subject_token_type"] = "urn:ietf:params:aws:token-type:aws4_request";
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor)))).Message.ShouldContain("AWS_REGION");
        _environment["AWS_REGION"] = "eu-central-1";
        (await ServeAsync(vendor, (OAuthCredential)(await ReadAsync(Module(), file, Context(vendor))).Credential, "acme")).ShouldBe(HttpStatusCode.OK);
        _aws = _aws with { SessionToken = "session" };
        (await ServeAsync(vendor, (OAuthCredential)(await ReadAsync(Module(), file, Context(vendor))).Credential, "acme")).ShouldBe(HttpStatusCode.OK);
        _aws = _aws with { SecretAccessKey = "another" };
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor)))).Message.ShouldBe("Google answered 400: Invalid AWS subject token: AWS does not take the signature.");
    }

    [Fact]
    public async Task A_service_account_that_the_pool_may_not_impersonate_is_said()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await File.WriteAllTextAsync(TokenFile, await SubjectAsync(vendor, "acme"));
        var file = Impersonating(Config(new JsonObject { ["file"] = TokenFile }), "gateway@other.iam.gserviceaccount.com");
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor)))).Message.ShouldStartWith("Google answered 403: Permission 'iam.serviceAccounts.getAccessToken' denied");
        file["service_account_impersonation"] = new JsonObject { ["token_lifetime_seconds"] = 7200 };
        file["service_account_impersonation_url"] = ImpersonationUrl("gateway@acme.iam.gserviceaccount.com");
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor)))).Message.ShouldStartWith("Google answered 400: The token lifetime is invalid");
    }

    [Theory]
    [InlineData("root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/sh\n")]
    [InlineData("one-word-that-is-no-token")]
    [InlineData("")]
    public async Task What_is_no_token_is_sent_to_nobody(string content)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await File.WriteAllTextAsync(TokenFile, content);
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), Impersonating(Config(new JsonObject { ["file"] = TokenFile })), Context(vendor)))).Message.ShouldBe($"{TokenFile} holds no token of the kind that the credential file names.");
        vendor.Host.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{ "executable": { "command": "/bin/token" } }""", null, null, "runs no programs")]
    [InlineData("""{ "certificate": {} }""", null, null, "a client certificate (credential_source.certificate), which is not supported")]
    [InlineData("""{ "environment_id": "aws2" }""", null, null, "the environment aws2")]
    [InlineData("""{ "environment_id": "aws1", "regional_cred_verification_url": "https://evil.example/?Action=GetCallerIdentity" }""", null, null, "another question to AWS")]
    [InlineData("""{ "file": "token" }""", null, null, "without its whole path")]
    [InlineData("""{ "url": "https://who:secret@evil.example/" }""", null, null, "an address that is none")]
    [InlineData("""{ "file": "/t", "format": { "type": "json" } }""", null, null, "which member holds the token")]
    [InlineData("{}", null, null, "where the token is had")]
    [InlineData("""{ "file": "/t" }""", "token_url", "https://sts.googleapis.com.evil.example/v1/token", "a token endpoint that is not Google's")]
    [InlineData("""{ "file": "/t" }""", "token_url", "http://sts.googleapis.com/v1/token", "a token endpoint that is not Google's")]
    [InlineData("""{ "file": "/t" }""", "service_account_impersonation_url", "https://evil.example/v1/projects/-/serviceAccounts/a@b:generateAccessToken", "a token endpoint that is not Google's")]
    [InlineData("""{ "file": "/t" }""", "service_account_impersonation_url", "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/a%2Fb:generateAccessToken", "no service account")]
    [InlineData("""{ "file": "/t" }""", "audience", "https://evil.example", "no provider of an identity pool")]
    [InlineData("""{ "file": "/t" }""", "type", "external_account_authorized_user", "a login of a workforce pool")]
    public async Task A_file_that_cannot_be_used_is_refused_with_its_reason(string source, string? name, string? value, string words)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var file = Impersonating(Config(JsonNode.Parse(source)!.AsObject()));
        if (name is not null) file[name] = value;
        (await Should.ThrowAsync<LoginException>(() => ReadAsync(Module(), file, Context(vendor)))).Message.ShouldContain(words);
        vendor.Host.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Addresses_of_googles_in_the_file_are_not_called_but_those_of_the_settings()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await File.WriteAllTextAsync(TokenFile, await SubjectAsync(vendor, "acme"));
        var file = Impersonating(Config(new JsonObject { ["file"] = TokenFile }));
        foreach (var address in (string[])["https://sts.us-east4.rep.googleapis.com/v1/token", "https://us-east4-sts.googleapis.com/v1/token", "https://sts.mtls.googleapis.com/v1/token", $"{vendor.Address}/vertex/sts/v1/token"])
        {
            file["token_url"] = address;
            (await ReadAsync(Module(), file, Context(vendor))).Credential.ShouldBeOfType<OAuthCredential>().AccessToken.ShouldNotBeEmpty();
        }
    }

    private static Account Account => new() { Id = "a", Label = "a", Provider = "vertex", Protocol = Dragoman.Protocols.Protocol.Gemini, BaseUrl = "http://x", Credential = new NoCredential() };

    private static Task<LoginResult> ReadAsync(ProviderModule module, JsonObject file, VendorContext context) => ((IImportLogin)module.Logins.Single()).ReadAsync(Encoding.UTF8.GetBytes(file.ToJsonString()), context, default);

    private static JsonObject Config(JsonObject source) => new()
    {
        ["type"] = "external_account", ["audience"] = Audience, ["subject_token_type"] = "urn:ietf:params:oauth:token-type:jwt", ["token_url"] = "https://sts.googleapis.com/v1/token", ["credential_source"] = source,
    };

    private static JsonObject Impersonating(JsonObject file, string account = "gateway@acme.iam.gserviceaccount.com")
    {
        file["service_account_impersonation_url"] = ImpersonationUrl(account);
        return file;
    }

    private static string ImpersonationUrl(string account) => $"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken";

    private static async Task<string> SubjectAsync(EmulatedVendor vendor, string pool)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add("Metadata", "True");
        return JsonNode.Parse(await http.GetStringAsync(new Uri($"{vendor.Address}/vertex/_subject/{pool}")))!["access_token"]!.GetValue<string>();
    }

    private static async Task<HttpStatusCode> ServeAsync(EmulatedVendor vendor, OAuthCredential credential, string project)
    {
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", credential.AccessToken);
        using var body = new StringContent("""{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""", Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri($"{vendor.Address}/vertex/v1/projects/{project}/locations/global/publishers/google/models/gemini-2.5-pro:generateContent"), body);
        return answer.StatusCode;
    }

    private VendorContext Context(EmulatedVendor vendor, string allowed = "")
        => vendor.ContextFor(Module(), $"sts-url: '{vendor.Address}/vertex/sts/v1/token', iam-url: '{vendor.Address}/vertex/iam', subject-token-urls: [{(allowed.Length > 0 ? $"'{allowed}'" : "")}]");

    private ProviderModule Module() => VertexModule.Create(() => new Keys(this), name => _environment.GetValueOrDefault(name));

    private sealed class Keys(WorkloadIdentityTests test) : IAwsKeySource
    {
        public ValueTask<AwsKeys> KeysAsync(AwsCredential credential, CancellationToken cancellationToken) => new(test._aws);

        public string? RegionOf(string profile) => null;

        public void Invalidate()
        {
        }
    }
}
