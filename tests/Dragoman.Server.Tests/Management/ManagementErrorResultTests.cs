using System.Text.Json.Nodes;
using Dragoman.Management;
using Dragoman.Server.Surfaces.Dragoman;
using Dragoman.Server.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Dragoman.Server.Tests.Management;

/// <summary>What /api/v1 makes of each kind of error.</summary>
[Trait("speed", "fast")]
public sealed class ManagementErrorResultTests
{
    [Theory]
    [InlineData(ManagementErrorKind.Invalid, 400)]
    [InlineData(ManagementErrorKind.NotFound, 404)]
    [InlineData(ManagementErrorKind.Conflict, 409)]
    [InlineData(ManagementErrorKind.VersionConflict, 409)]
    [InlineData(ManagementErrorKind.ConfiguredInFile, 409)]
    [InlineData(ManagementErrorKind.Unusable, 422)]
    [InlineData(ManagementErrorKind.Unauthenticated, 401)]
    [InlineData(ManagementErrorKind.Forbidden, 403)]
    [InlineData(ManagementErrorKind.LockedOut, 429)]
    [InlineData(ManagementErrorKind.Unavailable, 503)]
    public async Task Every_kind_has_its_status_and_keeps_code_message_and_fix(ManagementErrorKind kind, int status)
    {
        var error = new ManagementError(kind, "some_code", "It is wrong.") { Fix = "Do better.", Findings = [new ManagementFinding("field", "It is wrong.")], RetryAfter = TimeSpan.FromSeconds(90) };
        var (answered, retryAfter, body) = await AnswerAsync(ManagementErrorResult.From(error));
        answered.ShouldBe(status);
        (body["message"]!.GetValue<string>(), body["code"]!.GetValue<string>()).ShouldBe(("It is wrong. Do better.", "some_code"));
        (body["param"]?.GetValue<string>()).ShouldBe(kind == ManagementErrorKind.Invalid ? "field" : null);
        retryAfter.ShouldBe(kind == ManagementErrorKind.LockedOut ? "90" : "");
    }

    [Fact]
    public void No_kind_is_forgotten()
        => typeof(ManagementErrorResultTests).GetMethod(nameof(Every_kind_has_its_status_and_keeps_code_message_and_fix))!.GetCustomAttributes(typeof(InlineDataAttribute), false).Length.ShouldBe(Enum.GetValues<ManagementErrorKind>().Length);

    [Fact]
    public async Task A_version_in_a_header_that_is_not_the_current_one_is_a_failed_precondition()
        => (await AnswerAsync(ManagementErrorResult.From(new ManagementError(ManagementErrorKind.VersionConflict, "version_changed", "It changed."), versionConflict: 412))).Status.ShouldBe(412);

    [Fact]
    public async Task A_time_of_grace_beyond_all_bounds_is_invalid()
    {
        await using var rig = await GatewayFixture.StartAsync();
        using var made = await rig.PostAsync("/api/v1/keys", """{"name":"one"}""");
        var id = (await made.JsonAsync())["id"]!.GetValue<string>();
        foreach (var seconds in (string[])["9223372036854775807", "-9223372036854775808", "31622400"])
        {
            using var answer = await rig.PostAsync($"/api/v1/keys/{id}/rotate", $$"""{"grace_seconds":{{seconds}}}""");
            ((int)answer.StatusCode, (await answer.JsonAsync())["error"]!["param"]!.GetValue<string>()).ShouldBe((400, "grace_seconds"), seconds);
        }
    }

    private static async Task<(int Status, string RetryAfter, JsonNode Error)> AnswerAsync(ManagementErrorResult result)
    {
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).BuildServiceProvider();
        using var body = new MemoryStream();
        var context = new DefaultHttpContext { RequestServices = services };
        context.Response.Body = body;
        await result.ExecuteAsync(context);
        return (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString(), JsonNode.Parse(body.ToArray())!["error"]!);
    }
}
