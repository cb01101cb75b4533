using Dragoman.Server.Hosting;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Flows;

/// <summary>A store that is away stops no traffic, loses nothing within bounds, and everything is there when it is back.</summary>
public sealed class TroubleTests
{
    [Fact]
    public async Task Traffic_goes_on_while_the_store_is_full_and_flows_come_later()
    {
        var folder = Directory.CreateTempSubdirectory("dragoman-flows-").FullName;
        try
        {
            await using var upstream = await RawUpstream.StartAsync((context, _) => context.SayAsync(200, RawAnswers.ChatWhole));
            await using var gateway = await GatewayHost.StartAsync(new StartOptions
            {
                ConfigText = $$"""openai-compatibility: [ { name: one, base-url: "{{upstream.Address}}/v1", api-key-entries: [ { api-key: key-one } ], models: [ m ] } ]""",
                Port = 0,
                DataFolder = folder,
                LogLevel = LogLevel.None,
            });
            using var http = new HttpClient { BaseAddress = gateway.Address };
            await SendAsync(gateway, 3);
            await FlowFixture.CountAsync(http, 3);
            // Another program holds the file's write lock, and does not let go.
            await using (await FileLock.TakeAsync(Path.Combine(folder, "flows.db")))
            {
                await SendAsync(gateway, 5);
                var status = gateway.Flows.Status;
                for (var tries = 0; status.Problem is null && tries < 2_000; tries++)
                {
                    await Task.Delay(20);
                    status = gateway.Flows.Status;
                }

                status.Problem.ShouldNotBeNull("the status says that nothing can be written");
                status.Waiting.ShouldBe(5);
                await SendAsync(gateway, 2);
            }

            (await FlowFixture.CountAsync(http, 10)).Count.ShouldBe(10);
            var after = gateway.Flows.Status;
            (after.Dropped, after.Waiting, after.Problem).ShouldBe((0, 0, null));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SendAsync(GatewayHost gateway, int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var answer = await FailureTests.PostAsync(gateway, Talk.Chat("m"));
            ((int)answer.StatusCode).ShouldBe(200);
        }
    }
}
