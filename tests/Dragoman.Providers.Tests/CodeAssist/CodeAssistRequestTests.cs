using System.Buffers;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.CodeAssist;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.CodeAssist;

/// <summary>What Code Assist is sent, what its refusals mean, and what it says is left.</summary>
public sealed class CodeAssistRequestTests
{
    private static readonly ProviderModule Module = CodeAssistModule.Create();

    private static OAuthCredential Login => new() { AccessToken = "ya29.x", RefreshToken = "1//x", AccountId = "1", Extra = new Dictionary<string, string> { ["project"] = "found" } };

    [Theory]
    [InlineData("", "found")]
    [InlineData(", project: mine", "mine")]
    public void The_envelope_names_model_and_project(string more, string project)
    {
        var wrapped = Wrap(new UpstreamCall(AccountOf(Login, more), new UpstreamModel("gemini-2.5-pro"), UpstreamOperation.Generate) { Body = """{"contents":[]}"""u8.ToArray() });
        wrapped.Select(member => member.Key).ShouldBe(["model", "project", "user_prompt_id", "request"]);
        (wrapped["model"]!.GetValue<string>(), wrapped["project"]!.GetValue<string>(), wrapped["request"]!.ToJsonString()).ShouldBe(("gemini-2.5-pro", project, """{"contents":[]}"""));
    }

    [Fact]
    public void No_project_is_not_an_empty_one()
        => Wrap(new UpstreamCall(AccountOf(Login with { Extra = new Dictionary<string, string>() }), new UpstreamModel("m"), UpstreamOperation.Generate) { Body = "{}"u8.ToArray() }).ContainsKey("project").ShouldBeFalse();

    [Theory]
    [InlineData("""{"contents":[1],"tools":[]}""", """{"request":{"model":"models/m","contents":[1]}}""")]
    [InlineData("""{"generateContentRequest":{"model":"x","contents":[2]}}""", """{"request":{"model":"models/m","contents":[2]}}""")]
    [InlineData("{}", """{"request":{"model":"models/m"}}""")]
    public void A_count_has_a_wrapping_of_its_own(string body, string wrapped)
        => Wrap(new UpstreamCall(AccountOf(Login), new UpstreamModel("m"), UpstreamOperation.CountTokens) { Body = Encoding.UTF8.GetBytes(body) }).ToJsonString().ShouldBe(wrapped);

    [Theory]
    [InlineData("""{"response":{"a":1},"traceId":"t"}""", """{"a":1}""")]
    [InlineData("""{"traceId":"t","response":{"a":{"response":2}}}""", """{"a":{"response":2}}""")]
    [InlineData("""{"error":{"code":429}}""", """{"error":{"code":429}}""")]
    [InlineData("not json", "not json")]
    [InlineData("", "")]
    public void An_answer_is_taken_out_of_its_wrapping(string body, string inside) => Encoding.UTF8.GetString(Module.Envelope!.UnwrapResponse(Encoding.UTF8.GetBytes(body)).Span).ShouldBe(inside);

    [Theory]
    [InlineData(ErrorKind.Quota, "QUOTA_EXHAUSTED", "You have exhausted your capacity on this model.", FailureClass.QuotaExhausted, false)]
    [InlineData(ErrorKind.RateLimit, "RATE_LIMIT_EXCEEDED", "Slow down.", FailureClass.RateLimited, false)]
    [InlineData(ErrorKind.RateLimit, null, "No capacity available for model gemini-3-pro", FailureClass.Capacity, false)]
    [InlineData(ErrorKind.Overloaded, "MODEL_CAPACITY_EXHAUSTED", "Busy.", FailureClass.Capacity, false)]
    [InlineData(ErrorKind.Authentication, null, "Request had invalid authentication credentials.", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, "VALIDATION_REQUIRED", "Verify your account to continue.", FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.Permission, "SERVICE_DISABLED", "Gemini for Google Cloud API has not been used in project 1 before.", FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.InvalidRequest, null, "This client is no longer supported for Gemini Code Assist for individuals.", FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.Permission, null, "Permission denied on resource.", FailureClass.Forbidden, false)]
    public void A_refusal_means_what_the_vendor_means_by_it(ErrorKind kind, string? code, string message, FailureClass expected, bool isOfAccount)
    {
        using var answer = new HttpResponseMessage();
        var failure = Module.Failures.Classify(new UpstreamFailure(new WireError(kind, message) { Code = code }, answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(Login) });
        (failure.Class, failure.IsOfAccount).ShouldBe((expected, isOfAccount));
    }

    [Fact]
    public async Task The_buckets_are_told_by_model()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf((OAuthCredential)(await CodeAssistLoginTests.SignInAsync(vendor)).Credential, $", base-url: '{vendor.Address}/google'");
        var report = await Module.QuotaReader!.ReadAsync(account, CodeAssistLoginTests.Context(vendor), default);
        report.Models.Select(pair => (pair.Key, pair.Value.Single().UsedFraction, pair.Value.Single().Remaining)).ShouldBe([("gemini-2.5-pro", 0.25, 150L), ("gemini-2.5-flash", 1.0, null)]);
        (report.Plan, report.Models["gemini-2.5-pro"][0].ResetsAt).ShouldBe(("standard-tier", vendor.Time.GetUtcNow().AddHours(20)));
        vendor.Host.Requests[^1].Json!["project"]!.GetValue<string>().ShouldBe("project-of-business");
    }

    [Theory]
    [InlineData("/v1beta/models/gemini-2.5-pro:generateContent", """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""")]
    [InlineData("/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", """{"contents":[{"role":"user","parts":[{"text":"say:hello"}]}]}""")]
    [InlineData("/v1/chat/completions", """{"model":"gemini-2.5-pro","messages":[{"role":"user","content":"say:hello"}]}""")]
    [InlineData("/v1/messages", """{"model":"gemini-2.5-pro","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"say:hello"}]}""")]
    public async Task A_licence_serves_every_clients_protocol(string path, string body)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions
            {
                ConfigText = $"code-assist: [ {{ name: licence, access-token: ya29-login-business, project: mine, base-url: '{vendor.Address}/google' }} ]\n", Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None,
            },
            TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        using var answer = await http.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        (answer.StatusCode, text.Contains("hello", StringComparison.Ordinal), text.Contains("traceId", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true, false), text);
        vendor.Host.Requests[^1].Json!["project"]!.GetValue<string>().ShouldBe("mine");
    }

    [Fact]
    public async Task Models_are_those_with_a_bucket()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        using var http = new HttpClient();
        using var request = await Module.CreateRequestAsync(new UpstreamCall(AccountOf(Login with { AccessToken = "ya29-login-business" }, $", base-url: '{vendor.Address}/google'"), new UpstreamModel(""), UpstreamOperation.ListModels), default);
        using var answer = await http.SendAsync(request!);
        Module.Models!.Read(await answer.Content.ReadAsByteArrayAsync()).ShouldBe(["gemini-2.5-pro", "gemini-2.5-flash", "gemini-3-pro-preview"]);
        (vendor.Host.Requests[^1].Target, vendor.Host.Requests[^1].Text).ShouldBe(("/google/v1internal:retrieveUserQuota", """{"project":"found"}"""));
    }

    [Theory]
    [InlineData("""{"buckets":[]}""")]
    [InlineData("""{"models":{}}""")]
    [InlineData("no")]
    public void No_bucket_says_nothing_of_models(string body) => Module.Models!.Read(Encoding.UTF8.GetBytes(body)).ShouldBeNull();

    [Fact]
    public void An_entry_without_a_token_takes_that_of_the_environment_as_gemini_cli_does()
    {
        var environment = new Dictionary<string, string> { ["GOOGLE_CLOUD_ACCESS_TOKEN"] = "ya29.env", ["GOOGLE_CLOUD_PROJECT"] = "of-env", ["CODE_ASSIST_ENDPOINT"] = "https://sandbox.example/" };
        ConfigResult Read(string entry) => new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), environment.GetValueOrDefault).Load($"code-assist: [ {{ name: licence{entry} }} ]\n", "config.yaml");
        Account Load(string entry) => Read(entry).Config!.Accounts.Single();
        var own = Load("");
        (((OAuthCredential)own.Credential).AccessToken, own.Options["project"], own.BaseUrl).ShouldBe(("ya29.env", "of-env", "https://sandbox.example"));
        var other = Load(", access-token: ya29.mine");
        (((OAuthCredential)other.Credential).AccessToken, other.Options.ContainsKey("project"), other.BaseUrl).ShouldBe(("ya29.mine", false, "https://cloudcode-pa.googleapis.com"));
        (Load(", project: mine, base-url: 'https://b.example'") is var set && set.Options["project"] == "mine" && set.BaseUrl == "https://b.example").ShouldBeTrue();
        environment.Clear();
        Read("").Problems.ShouldHaveSingleItem().Message.ShouldBe("An access token is needed.");
    }

    internal static Account AccountOf(OAuthCredential credential, string more = "")
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"code-assist: [ {{ name: licence, access-token: {credential.AccessToken}{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        account.Cell.TrySwap(1, credential).ShouldBeTrue();
        return account;
    }

    private static JsonObject Wrap(UpstreamCall call)
    {
        var output = new ArrayBufferWriter<byte>();
        Module.Envelope!.WrapRequest(call, output);
        return JsonNode.Parse(output.WrittenSpan)!.AsObject();
    }
}
