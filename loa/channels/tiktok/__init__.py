"""A TikTok account by the Content Posting API: films, published once their last piece has arrived."""
