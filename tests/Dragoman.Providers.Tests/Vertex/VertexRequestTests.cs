using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Tests.Support;
using Dragoman.Providers.Vertex;

namespace Dragoman.Providers.Tests.Vertex;

/// <summary>Where Vertex AI is asked, and what its refusals mean.</summary>
public sealed class VertexRequestTests
{
    private static readonly ProviderModule Module = VertexModule.Create();

    [Theory]
    [InlineData("", false, "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/publishers/google/models/gemini-3-pro-preview:generateContent")]
    [InlineData(", location: global", true, "https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/publishers/google/models/gemini-3-pro-preview:streamGenerateContent?alt=sse")]
    [InlineData(", location: europe-west4", true, "https://europe-west4-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west4/publishers/google/models/gemini-3-pro-preview:streamGenerateContent?alt=sse")]
    [InlineData(", location: eu", false, "https://aiplatform.eu.rep.googleapis.com/v1/projects/p-1/locations/eu/publishers/google/models/gemini-3-pro-preview:generateContent")]
    [InlineData(", location: us, base-url: 'https://private.example/v1/'", false, "https://private.example/v1/projects/p-1/locations/us/publishers/google/models/gemini-3-pro-preview:generateContent")]
    public async Task A_location_has_its_host_and_its_path(string more, bool streams, string address)
    {
        using var message = await RequestAsync("gemini-3-pro-preview", more, UpstreamOperation.Generate, streams);
        (message!.RequestUri!.AbsoluteUri, message.Headers.Authorization!.ToString(), await message.Content!.ReadAsStringAsync()).ShouldBe((address, "Bearer ya29.x", """{"contents":[]}"""));
    }

    [Fact]
    public async Task A_models_name_stays_one_segment()
    {
        using var message = await RequestAsync("../../x:predict?y", "", UpstreamOperation.Generate, streams: false);
        message!.RequestUri!.AbsoluteUri.ShouldEndWith("/models/..%2F..%2Fx%3Apredict%3Fy:generateContent");
    }

    [Fact]
    public async Task Gemini_is_counted_without_the_wrapping_that_its_own_api_takes()
    {
        using var message = await RequestAsync("m", "", UpstreamOperation.CountTokens, streams: false, """{"generateContentRequest":{"model":"models/m","contents":[1],"systemInstruction":{},"toolConfig":{},"safetySettings":[]}}""");
        message!.RequestUri!.AbsoluteUri.ShouldEndWith("/publishers/google/models/m:countTokens");
        (await message.Content!.ReadAsStringAsync()).ShouldBe("""{"contents":[1],"systemInstruction":{}}""");
    }

    [Theory]
    [InlineData("", "google")]
    [InlineData(", models: [ claude-opus-4-6, gemini-2.5-pro ]", "google")]
    [InlineData(", models: [ claude-opus-4-6 ]", "anthropic")]
    public async Task A_publishers_models_are_listed(string models, string publisher)
    {
        using var message = await RequestAsync("", models, UpstreamOperation.ListModels, streams: false);
        message!.RequestUri!.AbsoluteUri.ShouldBe($"https://aiplatform.googleapis.com/v1beta1/publishers/{publisher}/models?pageSize=500");
        message.Headers.GetValues("x-goog-user-project").ShouldBe(["p-1"]);
    }

    [Theory]
    [InlineData("""{"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro"},{"name":"publishers/google/models/m2"}]}""", "gemini-2.5-pro,m2")]
    [InlineData("""{"publisherModels":[],"nextPageToken":"x"}""", null)]
    [InlineData("""{"models":[]}""", null)]
    [InlineData("no", null)]
    public void A_list_is_read_where_it_is_whole(string body, string? models)
        => (Module.Models!.Read(System.Text.Encoding.UTF8.GetBytes(body)) is { } ids ? string.Join(',', ids) : null).ShouldBe(models);

    [Theory]
    [InlineData("location: 'evil.example/'")]
    [InlineData("location: Global")]
    [InlineData("project: 'a/b'")]
    public void What_would_be_another_address_is_refused(string setting)
    {
        var text = setting.StartsWith("project", StringComparison.Ordinal) ? setting : $"project: p-1, {setting}";
        new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"vertex: [ {{ name: v, access-token: ya29.x, {text} }} ]\n", "config.yaml").Problems.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(ErrorKind.Authentication, null, null, FailureClass.AuthDead, false)]
    [InlineData(ErrorKind.Authentication, null, "key", FailureClass.AuthExpired, false)]
    [InlineData(ErrorKind.Permission, "SERVICE_DISABLED", null, FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.Permission, "BILLING_DISABLED", null, FailureClass.Forbidden, true)]
    [InlineData(ErrorKind.Permission, null, null, FailureClass.Forbidden, false)]
    [InlineData(ErrorKind.NotFound, null, null, FailureClass.Gone, false)]
    [InlineData(ErrorKind.RateLimit, null, null, FailureClass.RateLimited, false)]
    public void A_refusal_means_what_the_vendor_means_by_it(ErrorKind kind, string? code, string? key, FailureClass expected, bool isOfAccount)
    {
        using var answer = new HttpResponseMessage();
        var failure = Module.Failures.Classify(new UpstreamFailure(new WireError(kind, "words") { Code = code }, answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(key is null ? "" : $", refresh-token: {key}") });
        (failure.Class, failure.IsOfAccount).ShouldBe((expected, isOfAccount));
    }

    private static async Task<HttpRequestMessage?> RequestAsync(string model, string more, UpstreamOperation operation, bool streams, string body = """{"contents":[]}""")
        => await Module.CreateRequestAsync(new UpstreamCall(AccountOf(more), new UpstreamModel(model), operation) { Stream = streams, Body = System.Text.Encoding.UTF8.GetBytes(body) }, default);

    private static Account AccountOf(string more)
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"vertex: [ {{ name: v, access-token: ya29.x, project: p-1{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.ShouldHaveSingleItem();
    }
}
