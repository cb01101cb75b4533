namespace Dragoman.Server.Tests.Conformance.ClientDrivers;

/// <summary>One event of a stream, read by the letter of the standard.</summary>
public sealed record ServerSentEvent(string? Name, string Data)
{
    /// <summary>Cuts a body into events; comments are left out, anything else that is no event fails the test.</summary>
    public static List<ServerSentEvent> ReadAll(string body)
    {
        var events = new List<ServerSentEvent>();
        body.ShouldEndWith("\n\n", customMessage: "The stream ends within an event.");
        foreach (var block in body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string? name = null, data = null;
            foreach (var line in block.Split('\n'))
            {
                if (line.StartsWith(':')) continue;
                if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal)) data = data is null ? line[6..] : data + "\n" + line[6..];
                else Assert.Fail($"No line of an event stream: {line}");
            }

            if (data is not null) events.Add(new(name, data));
        }

        return events;
    }
}
