namespace Dragoman.Management.Flows.Conversations;

/// <summary>How much of an earlier prompt stands unchanged at the beginning of a later one, and where they part.</summary>
/// <param name="Kept">The bytes of the later prompt that stood in the earlier.</param>
/// <param name="KeptShare">How much of the earlier prompt stayed, by bytes, 0 to 1; null where too little of both is recorded.</param>
/// <param name="Changed">The first piece of the earlier prompt that is another now; null where all of it stayed.</param>
internal readonly record struct PromptComparison(long Kept, double? KeptShare, PromptSegment? Changed)
{
    /// <summary>Compares two prompts.</summary>
    public static PromptComparison Of(PromptSegments earlier, PromptSegments later)
    {
        if (earlier.All.Count == 0 || later.All.Count == 0) return default;
        return earlier.IsWhole && later.IsWhole ? OfWhole(earlier, later) : OfParts(earlier, later);
    }

    private static PromptComparison OfWhole(PromptSegments earlier, PromptSegments later)
    {
        long kept = 0;
        long same = 0;
        for (var i = 0; i < earlier.All.Count; i++)
        {
            var piece = earlier.All[i];
            if (i < later.All.Count && IsSame(later.All[i], piece))
            {
                kept += piece.Length;
                same += later.All[i].Length;
                continue;
            }

            // One more tool pushes the system prompt back: the tools have changed.
            var changed = i < later.All.Count && later.All[i].Section < piece.Section ? later.All[i] : piece;
            return new PromptComparison(same, Share(kept, earlier.Length), changed);
        }

        return new PromptComparison(same, 1, null);
    }

    /// <summary>Of what is recorded of both.</summary>
    private static PromptComparison OfParts(PromptSegments earlier, PromptSegments later)
    {
        foreach (var section in Enum.GetValues<PromptSection>())
        {
            using var others = later.All.Where(piece => piece.Section == section).GetEnumerator();
            foreach (var piece in earlier.All)
                if (piece.Section == section && others.MoveNext() && !IsSame(others.Current, piece)) return new PromptComparison(0, null, piece);
        }

        return default;
    }

    private static bool IsSame(PromptSegment one, PromptSegment other) => one.Section == other.Section && one.Hash == other.Hash;

    private static double Share(long kept, long all) => all == 0 ? 1 : Math.Round((double)kept / all, 4);
}
