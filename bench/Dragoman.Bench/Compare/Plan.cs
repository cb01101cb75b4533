namespace Dragoman.Bench.Compare;

/// <summary>What is measured, how long and how often.</summary>
internal sealed record Plan
{
    public required int Rounds { get; init; }

    public required double Seconds { get; init; }

    public required double WarmSeconds { get; init; }

    public required ModelName StreamModel { get; init; }

    public required int Starts { get; init; }

    public required IReadOnlyList<Arm> Arms { get; init; }

    public int Connections { get; } = 16;

    public int StreamConnections { get; } = 64;

    public int IdleStreams { get; } = 5_000;

    /// <summary>The two pairs whose open streams are weighed: one of each lane.</summary>
    public (Wire Client, Wire Upstream)[] IdlePairs { get; } = [(Wire.Messages, Wire.Messages), (Wire.Messages, Wire.Chat)];

    public required bool Standing { get; init; }

    public static Plan From(Arguments arguments)
    {
        var quick = arguments.Has("quick");
        var only = arguments.Text("only")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        return new Plan
        {
            Rounds = arguments.Number("rounds", quick ? 1 : 3),
            Seconds = quick ? 0.4 : 1.5,
            WarmSeconds = quick ? 0.3 : 1.5,
            StreamModel = quick ? new ModelName(50, 20) : new ModelName(200, 20),
            Starts = quick ? 3 : 7,
            Arms = ArmsOf(quick, only),
            Standing = only.Length == 0 || only.Contains("standing"),
        };
    }

    private static List<Arm> ArmsOf(bool quick, string[] only)
    {
        var arms = new List<Arm>();
        foreach (var scenario in Enum.GetValues<Scenario>())
        {
            foreach (var client in Wires.Clients)
            {
                var gateway = Wires.Upstreams.Where(upstream => !quick || IsQuick(client, upstream)).Select(upstream => new Arm(scenario, Target.Gateway, client, upstream)).ToList();
                var others = new List<Arm> { new(scenario, Target.Pump, client, client) };
                if (Nginx.IsInstalled && (!quick || client == Wire.Messages)) others.Add(new Arm(scenario, Target.Nginx, client, client));
                if (client == Wire.Messages) others.Insert(0, new Arm(scenario, Target.Direct, client, client));
                if (only.Length > 0)
                {
                    gateway.RemoveAll(arm => !Matches(arm));
                    // What a ratio is told in is never left out.
                    others.RemoveAll(arm => !Matches(arm) && (gateway.Count == 0 || arm.Target != Target.Pump));
                }

                arms.AddRange(others);
                arms.AddRange(gateway);
            }
        }

        return arms;

        bool Matches(Arm arm) => only.Any(text => arm.Name.Contains(text, StringComparison.Ordinal));
    }

    /// <summary>The pairs of the quick variant: passthrough, and every protocol once on either side of translation.</summary>
    private static bool IsQuick(Wire client, Wire upstream)
        => client == upstream || client == Wire.Messages || (client, upstream) is (Wire.Chat, Wire.Messages) or (Wire.Responses, Wire.Messages) or (Wire.Gemini, Wire.Chat);
}
